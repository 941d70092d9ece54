import type { Language, Outgoing } from '../../state/state'
import type { Entry } from '../../state/transcript'
import type { Words } from '../../words'
import { timeOf } from '../../words/times'
import { Icon } from '../parts/Icon'
import { MessageText } from '../parts/MessageText'
import type { Act } from './MessageList'
import { Ticks } from './MessageRow'

interface Props {
  outgoing: Outgoing
  words: Words
  language: Language
  why: string | undefined
  quoted: Entry | undefined
  names: Readonly<Record<string, string>>
  act: Act
}

/** A message that waits to be sent, or was refused. */
export function OutgoingRow({ outgoing, words, language, why, quoted, names, act }: Props) {
  return (
    <article class={`message message--own message--waiting ${why ? 'message--refused' : ''}`} data-client={outgoing.clientId} aria-label={`${words.rooms.you}, ${words.message.sending}`}>
      <div class="message__bubble">
        {quoted && <p class="quote"><span class="quote__by">{names[quoted.by] ?? quoted.by}</span><span class="quote__text">{quoted.text ?? words.message.gone}</span></p>}
        <MessageText text={outgoing.text ?? ''} />
        <p class="message__meta"><time dateTime={outgoing.at}>{timeOf(outgoing.at, language)}</time>{!why && <Ticks state="sending" words={words} />}</p>
      </div>
      {why && (
        <p class="message__refusal" role="alert">
          <Icon name="alert" size={16} /> {words.message.refused(why)}
          <button type="button" class="link" onClick={() => act('retry', 0, outgoing.clientId)}>{words.message.retry}</button>
          <button type="button" class="link" onClick={() => act('discard', 0, outgoing.clientId)}>{words.message.discard}</button>
        </p>
      )}
    </article>
  )
}

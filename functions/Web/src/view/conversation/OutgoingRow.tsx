import type { Faces } from '../../state/selectors'
import type { Language, Outgoing } from '../../state/state'
import type { Entry } from '../../state/transcript'
import type { Words } from '../../words'
import { timeOf } from '../../words/times'
import { MessageText } from '../parts/MessageText'
import type { Act } from './MessageList'
import { Ticks } from './MessageRow'
import { Refused } from './Refused'

interface Props {
  outgoing: Outgoing
  words: Words
  language: Language
  quoted: Entry | undefined
  faces: Faces
  act: Act
}

/** A message that waits to be sent, or was refused. */
export function OutgoingRow({ outgoing, words, language, quoted, faces, act }: Props) {
  const isRefused = outgoing.refused !== undefined
  return (
    <article class={`message message--own message--waiting ${isRefused ? 'message--refused' : ''}`} data-client={outgoing.clientId} aria-label={`${words.rooms.you}: ${outgoing.text ?? ''}, ${isRefused ? words.message.refused : words.message.sending}`} aria-live="off">
      <div class="message__bubble">
        {quoted && <p class="quote"><span class="quote__by">{faces[quoted.by]?.name ?? quoted.by}</span><span class="quote__text">{quoted.text ?? words.message.gone}</span></p>}
        <MessageText text={outgoing.text ?? ''} />
        <p class="message__meta"><time dateTime={outgoing.at}>{timeOf(outgoing.at, language)}</time>{!isRefused && <Ticks state="sending" words={words} />}</p>
      </div>
      {isRefused && <Refused outgoing={outgoing} words={words} act={act} />}
    </article>
  )
}

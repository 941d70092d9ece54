import type { Outgoing } from '../../state/state'
import { troubleIn, type Words } from '../../words'
import { Icon } from '../parts/Icon'
import type { Act } from './MessageList'

/** Why the server did not take a message, or a change of one; it can be tried again or given up. */
export function Refused({ outgoing, words, act }: { outgoing: Outgoing; words: Words; act: Act }) {
  const what = outgoing.edit !== undefined ? words.message.notEdited : outgoing.delete !== undefined ? words.message.notDeleted : words.message.notSent
  return (
    <div class="message__refusal" role="alert">
      <p><Icon name="alert" size={16} /> {what(troubleIn(words, outgoing.refused!))}</p>
      <p class="message__choices">
        <button type="button" class="link" onClick={() => act('retry', 0, outgoing.clientId)}>{outgoing.text === undefined ? words.conversation.tryAgain : words.message.retry}</button>
        <button type="button" class="link" onClick={() => act('discard', 0, outgoing.clientId)}>{words.message.discard}</button>
      </p>
    </div>
  )
}

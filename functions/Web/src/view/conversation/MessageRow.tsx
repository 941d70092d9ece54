import { memo } from 'preact/compat'
import type { Faces, Tick } from '../../state/selectors'
import type { Language, Outgoing } from '../../state/state'
import type { Entry } from '../../state/transcript'
import type { Words } from '../../words'
import { languageOf } from '../../words/script'
import { timeOf } from '../../words/times'
import { Avatar } from '../parts/Avatar'
import { Icon, type IconName } from '../parts/Icon'
import { MessageText } from '../parts/MessageText'
import type { Quote } from './MessageBlock'
import type { Act } from './MessageList'
import { Refused } from './Refused'

interface Props {
  entry: Entry
  /** The message before is of the same author and of the same moment. */
  follows: boolean
  quote: Quote | undefined
  isGroup: boolean
  faces: Faces
  words: Words
  language: Language
  /** How far it has come, if it is the user's own. */
  tick: Tick | undefined
  /** What can be done with it is offered. */
  isActive: boolean
  /** The tab key comes to it. */
  isTabStop: boolean
  /** An edit or a deletion that is not in its place yet. */
  change: Outgoing | undefined
  act: Act
  jump: (seq: number) => void
}

/** One message. */
export const MessageRow = memo(function MessageRow({ entry, follows, quote, isGroup, faces, words, language, tick, isActive, isTabStop, change, act, jump }: Props) {
  const isOwn = tick !== undefined
  const isPending = change !== undefined && change.refused === undefined
  const text = !isPending ? entry.text : change.delete !== undefined ? null : change.text!
  const name = faces[entry.by]?.name ?? entry.by
  const shown = timeOf(entry.at, language)
  return (
    <article class={`message ${isOwn ? 'message--own' : ''} ${follows ? 'message--follows' : ''}`} data-seq={entry.seq} tabIndex={isTabStop ? 0 : -1} aria-label={`${isOwn ? words.rooms.you : name}: ${text ?? words.message.deleted}, ${shown}`}>
      {!isOwn && <span class="message__side">{!follows && <Avatar user={entry.by} name={name} colour={faces[entry.by]?.colour} size="s" />}</span>}
      <div class="message__bubble">
        {!isOwn && isGroup && !follows && <p class="message__by">{name}</p>}
        {entry.replyTo !== undefined && text !== null && (
          <button type="button" class="quote" onClick={() => jump(entry.replyTo!)}>
            <span class="quote__by">{quote ? (faces[quote.by]?.name ?? quote.by) : words.message.notLoaded}</span>
            {quote && <span class="quote__text" dir="auto" lang={languageOf(quote.text)}>{quote.text ?? words.message.gone}</span>}
          </button>
        )}
        {text === null ? <p class="message__text message__text--deleted">{words.message.deleted}</p> : <MessageText text={text} />}
        <p class="message__meta">
          {(entry.edited || isPending) && text !== null && <span>{words.message.edited}</span>}
          <time dateTime={entry.at}>{shown}</time>
          {tick && <Ticks words={words} state={isPending ? 'sending' : tick} />}
        </p>
        {isActive && text !== null && !isPending && (
          <div class="message__tools" role="group" aria-live="off" aria-label={words.message.actions}>
            <Tool icon="reply" label={words.message.reply} onClick={() => act('reply', entry.seq)} />
            <Tool icon="copy" label={words.message.copy} onClick={() => void navigator.clipboard?.writeText(text)} />
            {isOwn && <Tool icon="edit" label={words.message.edit} onClick={() => act('edit', entry.seq)} />}
            {isOwn && <Tool icon="bin" label={words.message.remove} onClick={() => act('delete', entry.seq)} />}
          </div>
        )}
      </div>
      {change?.refused && <Refused outgoing={change} words={words} act={act} />}
    </article>
  )
})

export function Ticks({ state, words }: { state: Tick | 'sending'; words: Words }) {
  return (
    <span class={`ticks ticks--${state}`} title={words.message[state]}>
      <Icon name={state === 'sending' ? 'clock' : state === 'sent' ? 'check' : 'double'} size={15} />
      <span class="visually-hidden">{words.message[state]}</span>
    </span>
  )
}

function Tool({ icon, label, onClick }: { icon: IconName; label: string; onClick: () => void }) {
  return (
    <button type="button" class="tool" aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} size={16} />
    </button>
  )
}

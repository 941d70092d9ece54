import { memo } from 'preact/compat'
import { useMemo } from 'preact/hooks'
import { tickOf, type Faces } from '../../state/selectors'
import type { Language, Outgoing } from '../../state/state'
import type { Entry } from '../../state/transcript'
import type { Words } from '../../words'
import { dayOf, isSameDay } from '../../words/times'
import type { Act } from './MessageList'
import { MessageRow } from './MessageRow'
import { noticeOf } from './notices'
import { useSettled } from './settled'

interface Props {
  entries: readonly Entry[]
  before: Entry | undefined
  room: string
  isGroup: boolean
  user: string
  faces: Faces
  words: Words
  /** When the present day began: at midnight "today" becomes "yesterday". */
  today: number
  language: Language
  /** How far all the others have received and read, as far as that falls into this block. */
  received: number
  read: number
  /** The message that the line of the unread ones stands above. */
  unreadFrom: number | undefined
  active: number | undefined
  /** The message that the tab key comes to. */
  tabStop: number | undefined
  changes: ReadonlyMap<number, Outgoing>
  /** JSON: what messages of this block answer. */
  quoted: string
  act: Act
  jump: (seq: number) => void
}

const together = 5 * 60_000

export interface Quote {
  by: string
  text: string | null
}

/** Some messages in a row. */
export const MessageBlock = memo(function MessageBlock({ entries, before, isGroup, user, faces, words, today, language, received, read, unreadFrom, active, tabStop, changes, quoted, act, jump }: Props) {
  const quotes = useMemo(() => (quoted === '' ? {} : (JSON.parse(quoted) as Record<number, Quote>)), [quoted])
  const block = useSettled()
  return (
    <div class="block" ref={block}>
      {entries.map((entry, at) => {
        const previous = entries[at - 1] ?? before
        const isNewDay = !previous || !isSameDay(previous.at, entry.at)
        const follows = !isNewDay && previous.kind === 'text' && previous.by === entry.by && entry.seq !== unreadFrom && Date.parse(entry.at) - Date.parse(previous.at) < together
        return (
          <div key={entry.seq} class="block__entry">
            {isNewDay && <h3 class="day"><time dateTime={entry.at}>{dayOf(entry.at, language, words, today)}</time></h3>}
            {entry.seq === unreadFrom && <p class="unread-line"><span>{words.conversation.unreadHere}</span></p>}
            {entry.kind === 'text'
              ? (
                <MessageRow
                  entry={entry} follows={follows} quote={quotes[entry.seq]} isGroup={isGroup} faces={faces} words={words} language={language} tick={entry.by === user ? tickOf({ received, read }, entry.seq) : undefined}
                  isActive={active === entry.seq} isTabStop={tabStop === entry.seq} change={changes.get(entry.seq)} act={act} jump={jump}
                />
              )
              : <p class="notice" data-seq={entry.seq} tabIndex={tabStop === entry.seq ? 0 : -1}>{noticeOf(entry, words, user => faces[user]?.name ?? user)}</p>}
          </div>
        )
      })}
    </div>
  )
})

import { memo } from 'preact/compat'
import { useCallback, useMemo, useRef, useState } from 'preact/hooks'
import type { Session } from '../../net/session'
import { blocksOf } from '../../state/selectors'
import type { Language, Outgoing, Room } from '../../state/state'
import { entryAt, type Entry } from '../../state/transcript'
import { troubleIn, type Words } from '../../words'
import { Icon } from '../parts/Icon'
import { MessageBlock } from './MessageBlock'
import { OutgoingRow } from './OutgoingRow'
import { useScroll } from './scroll'

export type Act = (what: 'reply' | 'edit' | 'delete' | 'retry' | 'discard', seq: number, clientId?: string) => void

interface Props {
  session: Session
  room: Room
  user: string
  names: Readonly<Record<string, string>>
  words: Words
  language: Language
  outgoing: readonly Outgoing[]
  changes: ReadonlyMap<number, Outgoing>
  unreadFrom: number | undefined
  title: string
  act: Act
}

const noChanges: ReadonlyMap<number, Outgoing> = new Map()

/**
 * What was said, in blocks: only those in which something changed are drawn anew, and the browser lays out only those in sight.
 */
export const MessageList = memo(function MessageList({ session, room, user, names, words, language, outgoing, changes, unreadFrom, title, act }: Props) {
  const { transcript } = room
  const kept = useRef<readonly (readonly Entry[])[]>([])
  const blocks = useMemo(() => (kept.current = blocksOf(transcript.entries, kept.current)), [transcript.entries])
  const [active, setActive] = useState<number>()
  const list = useRef<HTMLDivElement>(null)
  const scroll = useScroll({ session, room, list, unreadFrom, outgoing: outgoing.length })
  const others = room.members.filter(member => member.user !== user)
  const [received, read] = [Math.min(...others.map(member => member.received)), Math.min(...others.map(member => member.read))]
  const jump = useCallback((seq: number) => scroll.to(seq), [])

  const keys = (event: KeyboardEvent) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-seq]')
    const entry = row && entryAt(transcript, Number(row.dataset['seq']))
    if (!row || event.target !== row || event.ctrlKey || event.metaKey || event.altKey) return
    const rows = [...list.current!.querySelectorAll<HTMLElement>('[data-seq]')]
    const focus = (other: HTMLElement | undefined) => {
      event.preventDefault()
      other?.focus()
      other?.scrollIntoView({ block: 'nearest' })
    }
    const isOwn = entry?.kind === 'text' && entry.by === user && entry.text !== null
    if (event.key === 'ArrowUp') focus(rows[rows.indexOf(row) - 1])
    else if (event.key === 'ArrowDown') focus(rows[rows.indexOf(row) + 1])
    else if (event.key === 'Home') focus(rows[0])
    else if (event.key === 'End') focus(rows.at(-1))
    else if (event.key === 'r' && entry?.kind === 'text') act('reply', entry.seq)
    else if (event.key === 'e' && isOwn) act('edit', entry.seq)
    else if (event.key === 'Delete' && isOwn) act('delete', entry.seq)
    else return
    event.preventDefault()
  }

  const last = transcript.entries.at(-1)?.seq
  return (
    <div class="messages-place">
      <div
        class="messages" ref={list} role="log" aria-live="polite" aria-relevant="additions" aria-busy={room.older === 'loading'} aria-label={words.conversation.log(title)} tabIndex={-1}
        onScroll={scroll.onScroll} onKeyDown={keys}
        onPointerOver={event => setActive(seqOf(event.target) ?? active)} onPointerLeave={() => setActive(undefined)}
        onFocusCapture={event => setActive(seqOf(event.target) ?? active)}
      >
        <div class="messages__all">
          <div class="messages__top">
            {room.older === 'loading' && <p class="hint">{words.conversation.loadingOlder}</p>}
            {room.older === 'failed' && <p class="trouble">{words.conversation.olderFailed} <button type="button" class="link" onClick={() => void session.older(room.id)}>{words.conversation.tryAgain}</button></p>}
            {transcript.from <= room.since && room.older === 'idle' && <p class="hint">{transcript.entries.some(entry => entry.kind === 'text') ? words.conversation.start : words.conversation.empty}</p>}
          </div>
          {blocks.map((block, at) => {
            const [from, to] = [block[0]!.seq, block.at(-1)!.seq]
            return (
              <MessageBlock
                key={Math.floor(from / 40)} entries={block} before={blocks[at - 1]?.at(-1)} room={room.id} isGroup={room.kind === 'group'} user={user} names={names} words={words} language={language}
                received={within(received, from, to)} read={within(read, from, to)} unreadFrom={between(unreadFrom, from, to)} active={between(active, from, to)} tabStop={between(active ?? last, from, to)}
                changes={changes.size > 0 && block.some(entry => changes.has(entry.seq)) ? changes : noChanges} quoted={quotedBy(block, room)} act={act} jump={jump}
              />
            )
          })}
          {outgoing.map(one => (
            <OutgoingRow key={one.clientId} outgoing={one} words={words} language={language} why={one.refused && troubleIn(words, one.refused)} quoted={one.replyTo === undefined ? undefined : entryAt(transcript, one.replyTo)} names={names} act={act} />
          ))}
        </div>
      </div>
      {unreadFrom !== undefined && scroll.isUnreadAbove && <button type="button" class="jump jump--up" onClick={() => scroll.to(unreadFrom)}><Icon name="up" size={16} /> {words.conversation.toUnread}</button>}
      {!scroll.isAtEnd && (
        <button type="button" class="jump" aria-label={scroll.news > 0 ? `${words.conversation.news(scroll.news)}. ${words.conversation.toEnd}` : words.conversation.toEnd} onClick={scroll.toEnd}>
          <Icon name="down" size={16} /> {scroll.news > 0 && words.conversation.news(scroll.news)}
        </button>
      )}
    </div>
  )
})

function seqOf(target: EventTarget | null): number | undefined {
  const row = (target as HTMLElement | null)?.closest?.<HTMLElement>('[data-seq]')
  return row ? Number(row.dataset['seq']) : undefined
}

// A mark matters to the block that it falls into; the others see it at their edge, always the same.
function within(mark: number, from: number, to: number): number {
  return Math.max(from - 1, Math.min(mark, to))
}

function between(seq: number | undefined, from: number, to: number): number | undefined {
  return seq !== undefined && seq >= from && seq <= to ? seq : undefined
}

// What is quoted may change by an edit elsewhere; as text it is compared by what it says.
function quotedBy(block: readonly Entry[], room: Room): string {
  const quotes = block.filter(entry => entry.replyTo !== undefined).map(entry => {
    const quoted = entryAt(room.transcript, entry.replyTo!)
    return [entry.seq, quoted ? { by: quoted.by, text: quoted.text?.slice(0, 200) ?? null } : undefined] as const
  })
  return quotes.length === 0 ? '' : JSON.stringify(Object.fromEntries(quotes))
}

import { memo } from 'preact/compat'
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Session } from '../../net/session'
import { blockOf, blocksOf, othersAt, unreadLine, type Faces } from '../../state/selectors'
import type { Language, Outgoing, Room } from '../../state/state'
import { entryAt, type Entry } from '../../state/transcript'
import type { Words } from '../../words'
import { Icon } from '../parts/Icon'
import { MessageBlock } from './MessageBlock'
import { OutgoingRow } from './OutgoingRow'
import { useScroll } from './scroll'

export type Act = (what: 'reply' | 'edit' | 'delete' | 'retry' | 'discard', seq: number, clientId?: string) => void

interface Props {
  session: Session
  room: Room
  user: string
  faces: Faces
  words: Words
  language: Language
  outgoing: readonly Outgoing[]
  changes: ReadonlyMap<number, Outgoing>
  unreadFrom: number | undefined
  title: string
  today: number
  act: Act
}

const noChanges: ReadonlyMap<number, Outgoing> = new Map()

/**
 * What was said, in blocks: only those in which something changed are drawn anew, and the browser lays out only those in sight.
 */
export const MessageList = memo(function MessageList({ session, room, user, faces, words, language, outgoing, changes, unreadFrom, title, today, act }: Props) {
  const { transcript } = room
  const kept = useRef<readonly (readonly Entry[])[]>([])
  const blocks = useMemo(() => (kept.current = blocksOf(transcript.entries, kept.current)), [transcript.entries])
  const [active, setActive] = useState<number>()
  const list = useRef<HTMLDivElement>(null)
  const scroll = useScroll({ session, room, list, unreadFrom, outgoing: outgoing.length })
  const { received, read } = othersAt(room, user)
  const line = useMemo(() => unreadLine(room, user, unreadFrom), [transcript.entries, unreadFrom])
  const isBusy = useBusy(room.older === 'loading')
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
    else if (isKey(event, 'r') && entry?.kind === 'text') act('reply', entry.seq)
    else if (isKey(event, 'e') && isOwn) act('edit', entry.seq)
    else if (event.key === 'Delete' && isOwn) act('delete', entry.seq)
    else return
    event.preventDefault()
  }

  const last = transcript.entries.findLast(entry => entry.kind === 'text')?.seq ?? transcript.entries.at(-1)?.seq
  return (
    <div class="messages-place">
      <div
        class="messages" ref={list} role="log" aria-live="polite" aria-relevant="additions" aria-busy={isBusy} aria-label={words.conversation.log(title)} tabIndex={-1}
        onScroll={scroll.onScroll} onKeyDown={keys}
        onPointerOver={event => event.pointerType === 'mouse' && setActive(seqOf(event.target) ?? active)} onPointerLeave={event => event.pointerType === 'mouse' && setActive(undefined)}
        onClick={event => setActive(seqOf(event.target) ?? active)}
        onFocusCapture={event => setActive(seqOf(event.target) ?? active)}
      >
        <div class="messages__all">
          <div class="messages__top">
            {room.older === 'loading' && <p class="hint">{words.conversation.loadingOlder}</p>}
            {room.older === 'failed' && <p class="trouble">{words.conversation.olderFailed} <button type="button" class="link" onClick={() => void session.history.older(room.id)}>{words.conversation.tryAgain}</button></p>}
            {transcript.from <= room.since && room.older === 'idle' && <p class="hint">{transcript.entries.some(entry => entry.kind === 'text') ? words.conversation.start : words.conversation.empty}</p>}
          </div>
          {blocks.map((block, at) => {
            const [from, to] = [block[0]!.seq, block.at(-1)!.seq]
            return (
              <MessageBlock
                key={blockOf(from)} entries={block} before={blocks[at - 1]?.at(-1)} room={room.id} isGroup={room.kind === 'group'} user={user} faces={faces} words={words} language={language} today={today}
                received={within(received, from, to)} read={within(read, from, to)} unreadFrom={between(line, from, to)} active={between(active, from, to)} tabStop={between(active ?? last, from, to)}
                changes={changes.size > 0 && block.some(entry => changes.has(entry.seq)) ? changes : noChanges} quoted={quotedBy(block, room)} act={act} jump={jump}
              />
            )
          })}
          {outgoing.map(one => (
            <OutgoingRow key={one.clientId} outgoing={one} words={words} language={language} quoted={one.replyTo === undefined ? undefined : entryAt(transcript, one.replyTo)} faces={faces} act={act} />
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

// The key where R is, whatever the layout writes with it: with a Korean one it is ㄱ.
function isKey(event: KeyboardEvent, letter: string): boolean {
  return event.key === letter || event.code === `Key${letter.toUpperCase()}`
}

// What is read aloud are additions while it is not busy: what history adds must be over before it ends.
function useBusy(isLoading: boolean): boolean {
  const [lingers, setLingers] = useState(isLoading)
  useEffect(() => {
    if (isLoading) return setLingers(true)
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => setLingers(false))
    })
    return () => cancelAnimationFrame(frame)
  }, [isLoading])
  return isLoading || lingers
}

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

import type { RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Session } from '../../net/session'
import { readUpTo } from '../../state/selectors'
import type { Room } from '../../state/state'

// Pixels from the end that still count as being there, and from the top at which history is fetched.
const nearEnd = 64
const nearTop = 1_600

interface Options {
  session: Session
  room: Room
  list: RefObject<HTMLDivElement | null>
  unreadFrom: number | undefined
  outgoing: number
}

/** Where the reader is: stays at the end while new messages come, keeps its place when older ones are put before it, and tells what has been read. */
export function useScroll({ session, room, list, unreadFrom, outgoing }: Options) {
  const [isAtEnd, setAtEnd] = useState(true)
  const [isUnreadAbove, setUnreadAbove] = useState(false)
  const seen = useRef(room.transcript.position)
  const place = useRef({ isAtEnd: true, top: 0, from: room.transcript.from, outgoing, anchor: undefined as { seq: string; top: number } | undefined })
  const { transcript } = room
  const latest = useRef(room)
  latest.current = room

  // Read marks are of all up to a message: none is told while some before what is in sight are not even loaded.
  const unread = useRef(unreadFrom)
  unread.current = unreadFrom
  const isUnreadUnloaded = () => unread.current !== undefined && unread.current < latest.current.transcript.from

  const measure = () => {
    const element = list.current
    if (!element) return
    const end = element.scrollHeight - element.scrollTop - element.clientHeight < nearEnd
    Object.assign(place.current, { isAtEnd: end, top: element.scrollTop, anchor: end ? undefined : anchorOf(element) })
    setAtEnd(end)
    if (end) seen.current = latest.current.transcript.position
    setUnreadAbove(isUnreadUnloaded() || isUnreadLineAbove(element))
  }

  // Looked for only where it can be: it takes a look at every message.
  const isUnreadLineAbove = (element: HTMLElement) => {
    const line = unread.current === undefined ? null : element.querySelector('.unread-line')
    return line !== null && line.getBoundingClientRect().bottom < element.getBoundingClientRect().top
  }

  // At the end when last measured, and not scrolled up since: what is drawn may come before the next frame tells of it.
  const staysAtEnd = () => place.current.isAtEnd && list.current !== null && list.current.scrollTop > place.current.top - nearEnd

  const toEnd = () => {
    const element = list.current
    if (!element) return
    element.scrollTop = element.scrollHeight
    measure()
  }

  const to = async (seq: number) => {
    await session.history.back(room.id, seq)

    // What was loaded is drawn with the second frame at the latest.
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
    const { from } = latest.current.transcript
    if (list.current && seq < from) {
      // It could not be fetched: up there it says so.
      if (seq >= latest.current.since) list.current.scrollTop = 0
      return
    }

    const row = [...(list.current?.querySelectorAll<HTMLElement>('[data-seq]') ?? [])].find(one => Number(one.dataset['seq']) >= seq)
    row?.scrollIntoView({ block: 'center' })
    row?.classList.add('message--found')
    setTimeout(() => row?.classList.remove('message--found'), 1_600)
  }

  const markRead = () => {
    const { id, transcript: now } = latest.current
    const { store } = session
    if (store.state.view.room !== id) return
    const element = document.hidden || !document.hasFocus() || isUnreadUnloaded() ? null : list.current
    const isReading = element !== null && place.current.isAtEnd
    if (isReading !== (store.state.view.isReading ?? false)) store.dispatch({ type: 'viewed', view: { isReading } })
    const seq = isReading ? now.position : element ? lowestOf(element) : 0
    if (seq > readUpTo(store.state, latest.current)) store.dispatch({ type: 'read', room: id, seq })
  }

  const frame = useRef(0)
  const onScroll = () => {
    if (frame.current !== 0) return
    frame.current = requestAnimationFrame(() => {
      frame.current = 0
      if (!list.current) return
      measure()
      markRead()
      if (list.current.scrollTop < nearTop && latest.current.older !== 'failed') void session.history.older(room.id)
    })
  }

  // To the first unread message, which may have to be fetched, or to the end.
  useLayoutEffect(() => {
    const divider = list.current!.querySelector('.unread-line')
    if (divider) divider.scrollIntoView({ block: 'center' })
    else if (isUnreadUnloaded()) {
      list.current!.scrollTop = 0
      void to(unreadFrom!)
    } else list.current!.scrollTop = list.current!.scrollHeight
    measure()
  }, [])

  useLayoutEffect(() => {
    const element = list.current!
    const { anchor, from, outgoing: before } = place.current
    const keepsPlace = from !== transcript.from && anchor !== undefined && !staysAtEnd() && outgoing <= before
    if (keepsPlace) {
      const row = element.querySelector(`[data-seq="${anchor.seq}"]`)
      if (row) element.scrollTop += row.getBoundingClientRect().top - anchor.top
    } else if (staysAtEnd() || outgoing > before) element.scrollTop = element.scrollHeight

    Object.assign(place.current, { from: transcript.from, outgoing })
    if (keepsPlace) {
      // What is in sight is the same and where it was: enough to look with the next frame, however much is put before it until then.
      place.current.top = element.scrollTop
      return onScroll()
    }

    measure()
    markRead()
  }, [transcript, outgoing, room.older])

  // Whoever comes back to the page reads; a keyboard that opens on a phone must not hide the end; a short page is filled.
  useEffect(() => {
    const resized = new ResizeObserver(() => (staysAtEnd() ? toEnd() : measure()))
    resized.observe(list.current!)
    resized.observe(list.current!.firstElementChild!)
    addEventListener('focus', markRead)
    addEventListener('blur', markRead)
    document.addEventListener('visibilitychange', markRead)
    return () => {
      resized.disconnect()
      removeEventListener('focus', markRead)
      removeEventListener('blur', markRead)
      document.removeEventListener('visibilitychange', markRead)
    }
  }, [])
  useEffect(() => {
    if (room.older === 'idle' && list.current!.scrollTop < nearTop) void session.history.older(room.id)
  }, [transcript.from, room.older])

  const news = isAtEnd ? 0 : transcript.entries.filter(entry => entry.seq > seen.current && entry.kind === 'text' && entry.by !== session.store.state.user).length
  return { onScroll, to: (seq: number) => void to(seq), toEnd, isAtEnd, isUnreadAbove: isUnreadAbove && unreadFrom !== undefined, news }
}

/** The lowest message in sight; 0: there is none. */
function lowestOf(element: HTMLElement): number {
  const box = element.getBoundingClientRect()
  const lowest = document.elementsFromPoint(box.left + box.width / 2, box.bottom - 24).map(one => one.closest<HTMLElement>('[data-seq]')).find(one => one != null)
  return Number(lowest?.dataset['seq'] ?? 0)
}

/** The uppermost message in sight, and where it is. */
function anchorOf(element: HTMLElement): { seq: string; top: number } | undefined {
  const box = element.getBoundingClientRect()
  for (let y = box.top + 8; y < box.bottom; y += 48) {
    const row = document.elementFromPoint(box.left + box.width / 2, y)?.closest<HTMLElement>('[data-seq]')
    if (row) return { seq: row.dataset['seq']!, top: row.getBoundingClientRect().top }
  }

  return undefined
}

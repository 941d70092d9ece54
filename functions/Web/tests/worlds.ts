import fc from 'fast-check'
import type { RoomEvent, RoomView, SyncedRoom } from '../src/net/wire'
import { reduce } from '../src/state/reducer'
import { initial, type Action, type State } from '../src/state/state'

export const room = '01890a5d-ac96-774b-bcce-b302099a8057'
export const me = 'me'
export const other = 'other'
const third = 'third'

export const start = (): State => initial(me, { language: 'en', theme: 'system', invisible: false, notify: 'undecided' }, [], {})

export const run = (state: State, actions: readonly Action[]): State => actions.reduce(reduce, state)

export function viewOf(seq: number, since = 1): RoomView {
  return { id: room, kind: 'direct', with: other, seq, since, members: [me, other].map(user => ({ user, since: 1, received: 0, read: 0 })) }
}

/** The room after these events. */
export function viewAt(events: readonly RoomEvent[]): RoomView {
  return events.reduce((view, { kind, seq, name, user }) => {
    if (kind === 'renamed') return { ...view, name }
    if (kind === 'joined') return { ...view, members: [...view.members, { user: user!, since: seq }] }
    return kind === 'left' ? { ...view, members: view.members.filter(one => one.user !== user) } : view
  }, viewOf(events.length))
}

export function answer(events: readonly RoomEvent[], position: number, recovered = true, from = position + 1): SyncedRoom {
  return { room: viewAt(events), recovered, from, events: events.filter(event => event.seq >= from) }
}

/** The whole of a room's life: the server's truth. Edits and deletions are of messages that were said before, by whoever said them; a third one comes and goes. */
export const histories: fc.Arbitrary<RoomEvent[]> = fc
  .array(fc.record({ kind: fc.constantFrom('text', 'text', 'text', 'edited', 'deleted', 'renamed', 'met'), by: fc.constantFrom(me, other), choice: fc.nat(), text: fc.string({ minLength: 1 }) }), { maxLength: 60 })
  .map(wishes => {
    const events: RoomEvent[] = [{ seq: 1, id: '1', at: timeOf(1), by: other, kind: 'created' }]
    const deleted = new Set<number>()
    let isThere = false
    for (const { kind, by, choice, text } of wishes) {
      const seq = events.length + 1
      const event: RoomEvent = { seq, id: `${seq}`, at: timeOf(seq), by, kind: 'text', text, clientId: `c${seq}` }
      if (kind === 'renamed') Object.assign(event, { kind, text: undefined, name: text, clientId: undefined })
      if (kind === 'met') {
        Object.assign(event, { kind: isThere ? 'left' : 'joined', user: third, text: undefined, clientId: undefined })
        isThere = !isThere
      }

      if (kind === 'edited' || kind === 'deleted') {
        const own = events.filter(one => one.kind === 'text' && one.by === by && !deleted.has(one.seq))
        const target = own[choice % Math.max(1, own.length)]?.seq
        if (target === undefined) continue
        Object.assign(event, { kind, target, text: kind === 'edited' ? text : undefined })
        if (kind === 'deleted') deleted.add(target)
      }

      events.push(event)
    }

    return events
  })

/** What everybody must see in the end: number, text and whether it was edited. */
export function truth(events: readonly RoomEvent[]): [number, string | null, boolean][] {
  const texts = new Map<number, [string | null, boolean]>()
  for (const event of events) {
    if (event.kind === 'text') texts.set(event.seq, [event.text!, false])
    else if (event.kind === 'edited' && texts.get(event.target!)?.[0] !== null) texts.set(event.target!, [event.text!, true])
    else if (event.kind === 'deleted') texts.set(event.target!, [null, false])
  }

  return [...texts].map(([seq, [text, edited]]) => [seq, text, edited])
}

/** Who is in the room and how it is called, as the page knows it. */
export function known(state: State): Pick<RoomView, 'name'> & { members: string[] } {
  return peopled(state.rooms[room]!)
}

/** The same of the server's view. */
export function peopled({ name, members }: { name?: string; members: readonly { user: string }[] }): Pick<RoomView, 'name'> & { members: string[] } {
  return { name, members: members.map(one => one.user) }
}

/** What the page shows. */
export function shown(state: State): [number, string | null, boolean][] {
  return (state.rooms[room]?.transcript.entries ?? []).filter(entry => entry.kind === 'text').map(entry => [entry.seq, entry.text, entry.edited])
}

function timeOf(seq: number): string {
  return new Date(1_700_000_000_000 + seq * 1_000).toISOString()
}

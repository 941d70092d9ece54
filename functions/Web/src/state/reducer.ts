import type { RoomEvent } from '../net/wire'
import { after, changed, marked, taken, typing } from './room'
import { aboutOf, readUpTo } from './selectors'
import { isMessage, type Action, type Outgoing, type Person, type Room, type State, type View } from './state'
import { has, know, prepend } from './transcript'

/**
 * The whole of what the page knows, after something happened. Pure: time, chance and the network are outside. What was heard of a room before leaves the state the same object, so nothing is drawn for it.
 */
export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case 'connecting':
      return { ...state, connection: { phase: 'connecting' } }
    case 'connected':
      return { ...state, connection: { phase: 'online' } }
    case 'disconnected':
      return { ...state, connection: { phase: 'waiting', retryAt: action.retryAt } }
    case 'ended':
      return { ...state, connection: { phase: 'ended' } }
    case 'synced':
      return synced(state, action)
    case 'events':
      return withRoom(state, action.room, room => taken(room, action.events), action.events)
    case 'heads':
      return Object.entries(action.heads).reduce((now, [room, seq]) => withRoom(now, room, known => changed(known, { transcript: know(known.transcript, seq) }), [], seq), state)
    case 'marks':
      return withRoom(state, action.room, room => changed(room, { members: marked(room.members, action.user, action.received, action.read) }))
    case 'read':
      return withRoom(state, action.room, room => changed(room, { members: marked(room.members, state.user, action.seq, action.seq) }))
    case 'typing':
      return withRoom(state, action.room, room => changed(room, { typing: typing(room.typing, action.user, action.until) }))
    case 'membership':
      return action.member ? withRoom(state, action.room, room => room) : without(state, [action.room])
    case 'people':
      return { ...state, people: action.people.reduce(known, state.people) }
    case 'older':
      return withRoom(state, action.room, room => changed(room, { older: action.now }))
    case 'history':
      return withRoom(state, action.room, room => changed(room, { older: action.more ? 'loading' : 'idle', transcript: prepend(room.transcript, action.events) }))
    case 'composed':
      return composed(state, action.outgoing)
    case 'accepted':
      return withRoom(state, action.room, room => taken(room, [action.event]), [action.event])
    case 'refused':
      return { ...state, outbox: outgoing(state, action.clientId, one => ({ ...one, refused: action.why })) }
    case 'retried':
      return { ...state, outbox: outgoing(state, action.clientId, one => ({ ...one, refused: undefined })) }
    case 'dropped':
      return { ...state, outbox: state.outbox.filter(one => one.clientId !== action.clientId) }
    case 'drafted':
      return { ...state, drafts: { ...state.drafts, [action.room]: action.text } }
    case 'opened':
      return opened(state, action.room)
    case 'viewed':
      // What failed in a dialog is over with it.
      return { ...state, view: viewed(state, action.view), trouble: 'dialog' in action.view ? undefined : state.trouble }
    case 'settings':
      return { ...state, settings: { ...state.settings, ...action.settings } }
    case 'trouble':
      return { ...state, trouble: action.why }
  }
}

function synced(state: State, { rooms: answers, gone, asked, anew }: Extract<Action, { type: 'synced' }>): State {
  const rooms = { ...state.rooms }
  for (const answer of answers) {
    const id = answer.room.id
    const room = read(state, after(answer, anew ? undefined : rooms[id]))

    // What was heard of it before it was known may be newer than the answer.
    rooms[id] = anew ? room : changed(room, { transcript: know(room.transcript, state.strange[id] ?? 0) })
  }

  const heard = answers.flatMap(answer => answer.events)
  const strange = Object.fromEntries(Object.entries(state.strange).filter(([id, seq]) => !(id in rooms) && asked[id] !== seq))
  return without({ ...settled(state, heard), loaded: true, rooms, strange }, gone)
}

function known(people: State['people'], news: Partial<Person> & { user: string }): State['people'] {
  const before = people[news.user] ?? { user: news.user, contact: 'none' }
  return { ...people, [news.user]: { ...before, ...news } }
}

function outgoing(state: State, clientId: string, change: (one: Outgoing) => Outgoing): readonly Outgoing[] {
  return state.outbox.map(one => (one.clientId === clientId ? change(one) : one))
}

// Who answers has read.
function composed(state: State, said: Outgoing): State {
  const room = state.rooms[said.room]
  if (room && has(room.transcript, state.user, said.clientId)) return state
  const isKnown = state.outbox.some(one => one.clientId === said.clientId)
  const view = said.room === state.view.room && isMessage(said) ? { ...state.view, unreadFrom: undefined } : state.view
  return { ...state, view, outbox: isKnown ? outgoing(state, said.clientId, () => said) : [...state.outbox, said] }
}

function opened(state: State, id: string | undefined): State {
  if (id === state.view.room) return state
  const room = id === undefined ? undefined : state.rooms[id]
  const me = room?.members.find(member => member.user === state.user)
  const first = room && me && room.transcript.entries.find(entry => entry.seq > me.read && entry.kind === 'text' && entry.text !== null && entry.by !== state.user)?.seq

  // There may be more of it in history that is not loaded.
  const unreadFrom = first !== undefined && me!.read + 1 < room!.transcript.from ? me!.read + 1 : first

  // Members are looked at from room to room; whoever goes back to the list is done with them.
  const panel = id !== undefined && state.view.panel === 'members' ? 'members' : undefined
  return { ...state, view: { ...state.view, room: id, unreadFrom, replyTo: undefined, editing: undefined, changed: undefined, isReading: false, panel } }
}

// An edit begins with what the message says.
function viewed(state: State, change: Partial<View>): View {
  const view = { ...state.view, ...change }
  const room = 'editing' in change && view.room !== undefined ? state.rooms[view.room] : undefined
  return room ? { ...view, changed: aboutOf(view, room).edited?.text ?? undefined } : view
}

function read(state: State, room: Room): Room {
  const { isReading, room: open } = state.view
  const { position } = room.transcript
  return isReading && open === room.id && readUpTo(state, room) < position ? changed(room, { members: marked(room.members, state.user, position, position) }) : room
}

// What is heard of a room that is not known is asked for.
function withRoom(state: State, id: string, change: (room: Room) => Room, heard: readonly RoomEvent[] = [], head = 0): State {
  const now = settled(state, heard)
  const room = now.rooms[id]
  if (!room) return strangeTo(now, id, heard.reduce((last, event) => Math.max(last, event.seq), head))
  const then = read(state, change(room))
  return then === room ? now : { ...now, rooms: { ...now.rooms, [id]: then } }
}

function strangeTo(state: State, id: string, seq: number): State {
  const before = state.strange[id]
  return before !== undefined && before >= seq ? state : { ...state, strange: { ...state.strange, [id]: seq } }
}

// What has become an event waits no longer, whichever way it came back.
function settled(state: State, events: readonly RoomEvent[]): State {
  const names = new Set(events.filter(event => event.clientId && event.by === state.user).map(event => event.clientId))
  return state.outbox.some(one => names.has(one.clientId)) ? { ...state, outbox: state.outbox.filter(one => !names.has(one.clientId)) } : state
}

function without(state: State, gone: readonly string[]): State {
  if (!gone.some(id => id in state.rooms || id in state.strange)) return state
  const left = <T,>(all: Readonly<Record<string, T>>) => Object.fromEntries(Object.entries(all).filter(([id]) => !gone.includes(id)))
  const view = state.view.room && gone.includes(state.view.room) ? {} : state.view
  return { ...state, rooms: left(state.rooms), strange: left(state.strange), view }
}

import { isMessage, type Outgoing, type Person, type Room, type State, type View } from './state'
import { entryAt, isBehind, type Entry } from './transcript'

/** Something is known to be missing: a sync is due. */
export function needsSync(state: State): boolean {
  return Object.keys(state.strange).length > 0 || Object.values(state.rooms).some(room => isBehind(room.transcript))
}

/** How far the user is in a room. */
export function readUpTo(state: State, room: Room): number {
  return room.members.find(member => member.user === state.user)?.read ?? 0
}

export interface Unread {
  count: number
  /** There may be more, in history that is not loaded. */
  more: boolean
}

export function unread(state: State, room: Room): Unread {
  const read = readUpTo(state, room)
  let count = 0
  for (let i = room.transcript.entries.length - 1; i >= 0; i--) {
    const entry = room.transcript.entries[i]!
    if (entry.seq <= read) break
    if (isMessageOf(entry) && entry.by !== state.user) count++
  }

  return { count, more: count > 0 && read + 1 < room.transcript.from && room.since < room.transcript.from }
}

export function lastEntry(room: Room): Entry | undefined {
  return room.transcript.entries.findLast(entry => entry.kind === 'text') ?? room.transcript.entries.at(-1)
}

export type Tick = 'sent' | 'delivered' | 'read'

/** How far all of the others are; where there are none, nothing has come to anybody. */
export function othersAt(room: Room, user: string): { received: number; read: number } {
  const others = room.members.filter(member => member.user !== user)
  if (others.length === 0) return { received: 0, read: 0 }
  return { received: Math.min(...others.map(member => member.received)), read: Math.min(...others.map(member => member.read)) }
}

/** How far a message has come with those who are so far. */
export function tickOf(others: { received: number; read: number }, seq: number): Tick {
  return others.read >= seq ? 'read' : others.received >= seq ? 'delivered' : 'sent'
}

/** Where the line above the first unread message is, if what was unread begins in what is loaded. */
export function unreadLine(room: Room, user: string, unreadFrom: number | undefined): number | undefined {
  if (unreadFrom === undefined || unreadFrom < room.transcript.from) return undefined
  return room.transcript.entries.find(entry => entry.seq >= unreadFrom && entry.kind === 'text' && entry.by !== user)?.seq
}

/** Rooms as the list shows them: where something happened last, first. */
export function roomsInOrder(state: State): Room[] {
  const at = (room: Room) => state.outbox.findLast(one => one.room === room.id)?.at ?? room.transcript.entries.at(-1)?.at ?? ''
  return Object.values(state.rooms).map(room => [room, at(room)] as const).sort(([a, x], [b, y]) => (x < y ? 1 : x > y ? -1 : a.id < b.id ? -1 : 1)).map(([room]) => room)
}

export function nameOf(state: State, user: string): string {
  return state.people[user]?.name ?? user
}

/** How somebody is shown. */
export interface Face {
  name: string
  colour?: string
}

export type Faces = Readonly<Record<string, Face>>

export function faceOf(state: State, user: string): Face {
  return { name: nameOf(state, user), colour: state.people[user]?.colour }
}

export function titleOf(state: State, room: Room): string {
  return room.kind === 'direct' ? nameOf(state, room.with ?? '') : (room.name ?? '')
}

/** Those who write there now, beside the user. */
export function writers(state: State, room: Room, now: number): string[] {
  return Object.entries(room.typing).filter(([user, until]) => user !== state.user && until > now).map(([user]) => user)
}

/** New messages of a room that are not in their place yet. */
export function waiting(state: State, room: string): Outgoing[] {
  return unplaced(state, room).filter(isMessage)
}

/** Changes that are not in their place yet, by the message that they are about. */
export function changing(state: State, room: string): ReadonlyMap<number, Outgoing> {
  return new Map(unplaced(state, room).filter(one => !isMessage(one)).map(one => [(one.edit ?? one.delete)!, one]))
}

// What the user said: accepted, while something before it is missing; and what waits to be sent.
function unplaced(state: State, room: string): Outgoing[] {
  const early = Object.values(state.rooms[room]?.transcript.early ?? {}).flatMap(({ kind, by, clientId, at, text, replyTo, target }): Outgoing[] => {
    const isOwn = by === state.user && clientId !== undefined
    if (!isOwn || (kind === 'text' || kind === 'edited' ? text === undefined : kind !== 'deleted')) return []
    return [{ clientId, room, at, text, replyTo, edit: kind === 'edited' ? target : undefined, delete: kind === 'deleted' ? target : undefined }]
  })
  return [...early, ...state.outbox.filter(one => one.room === room)]
}

/** The messages that what is written is an edit of, or an answer to. */
export function aboutOf({ editing, replyTo }: View, { transcript }: Room): { edited?: Entry; answered?: Entry } {
  const of = (seq: number | undefined) => (seq === undefined ? undefined : entryAt(transcript, seq))
  return { edited: of(editing), answered: of(replyTo) }
}

/** What stands in the field for writing: the edit of a message, or the room's draft. */
export function written(state: State, room: Room): string {
  return (aboutOf(state.view, room).edited ? state.view.changed : state.drafts[room.id]) ?? ''
}

/** How many events make a block, which is drawn in one go: so few that it takes no long task. */
export const blockSize = 20

/** The block that an event is in. */
export function blockOf(seq: number, size = blockSize): number {
  return Math.floor(seq / size)
}

/** Entries in blocks, by their numbers; each block the same object while nothing in it changes. */
export function blocksOf(entries: readonly Entry[], before: readonly (readonly Entry[])[], size = blockSize): readonly (readonly Entry[])[] {
  const blocks: Entry[][] = []
  for (const entry of entries) {
    const last = blocks.at(-1)
    if (last && blockOf(last[0]!.seq, size) === blockOf(entry.seq, size)) last.push(entry)
    else blocks.push([entry])
  }

  const old = new Map(before.map(block => [blockOf(block[0]!.seq, size), block]))
  return blocks.map(block => {
    const same = old.get(blockOf(block[0]!.seq, size))
    return same && same.length === block.length && same.every((entry, at) => entry === block[at]) ? same : block
  })
}

/** Messages of the loaded history that have all words, the latest first. */
export function found(room: Room, words: string, most: number): Entry[] {
  const wanted = folded(words).split(/\s+/).filter(word => word.length > 0)
  if (wanted.length === 0) return []
  const hits: Entry[] = []
  for (let i = room.transcript.entries.length - 1; i >= 0 && hits.length < most; i--) {
    const entry = room.transcript.entries[i]!
    const text = entry.kind === 'text' && entry.text !== null ? folded(entry.text) : ''
    if (text !== '' && wanted.every(word => text.includes(word))) hits.push(entry)
  }

  return hits
}

export function folded(text: string): string {
  return text.normalize('NFC').toLocaleLowerCase()
}

export function contacts(state: State, ...states: Person['contact'][]): Person[] {
  return Object.values(state.people).filter(person => states.includes(person.contact)).sort((a, b) => nameOf(state, a.user).localeCompare(nameOf(state, b.user)))
}

function isMessageOf(entry: Entry): boolean {
  return entry.kind === 'text' && entry.text !== null
}

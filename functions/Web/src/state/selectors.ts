import type { Outgoing, Person, Room, State } from './state'
import { isBehind, type Entry } from './transcript'

/** Something is known to be missing: a sync is due. */
export function needsSync(state: State): boolean {
  return state.strange.length > 0 || Object.values(state.rooms).some(room => isBehind(room.transcript))
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

/** How far a message of the user has come: with all of the others. */
export function tickOf(user: string, room: Room, seq: number): Tick {
  const others = room.members.filter(member => member.user !== user)
  if (others.length === 0) return 'sent'
  return others.every(member => member.read >= seq) ? 'read' : others.every(member => member.received >= seq) ? 'delivered' : 'sent'
}

/** Rooms as the list shows them: where something happened last, first. */
export function roomsInOrder(state: State): Room[] {
  const at = (room: Room) => state.outbox.findLast(one => one.room === room.id)?.at ?? room.transcript.entries.at(-1)?.at ?? ''
  return Object.values(state.rooms).map(room => [room, at(room)] as const).sort(([a, x], [b, y]) => (x < y ? 1 : x > y ? -1 : a.id < b.id ? -1 : 1)).map(([room]) => room)
}

export function nameOf(state: State, user: string): string {
  return state.people[user]?.name ?? user
}

export function titleOf(state: State, room: Room): string {
  return room.kind === 'direct' ? nameOf(state, room.with ?? '') : (room.name ?? '')
}

/** Those who write there now, beside the user. */
export function writers(state: State, room: Room, now: number): string[] {
  return Object.entries(room.typing).filter(([user, until]) => user !== state.user && until > now).map(([user]) => user)
}

/** What waits to be sent as a new message of a room. */
export function waiting(state: State, room: string): Outgoing[] {
  return state.outbox.filter(one => one.room === room && one.edit === undefined && one.delete === undefined)
}

/** Changes that wait, by the message that they are about. */
export function changing(state: State, room: string): ReadonlyMap<number, Outgoing> {
  return new Map(state.outbox.filter(one => one.room === room && (one.edit ?? one.delete) !== undefined).map(one => [(one.edit ?? one.delete)!, one]))
}

/** Entries in blocks, by their numbers; each block the same object while nothing in it changes. */
export function blocksOf(entries: readonly Entry[], before: readonly (readonly Entry[])[], size = 40): readonly (readonly Entry[])[] {
  const blocks: Entry[][] = []
  for (const entry of entries) {
    const last = blocks.at(-1)
    if (last && Math.floor(last[0]!.seq / size) === Math.floor(entry.seq / size)) last.push(entry)
    else blocks.push([entry])
  }

  const old = new Map(before.map(block => [Math.floor(block[0]!.seq / size), block]))
  return blocks.map(block => {
    const same = old.get(Math.floor(block[0]!.seq / size))
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

import type { RoomEvent } from '../net/wire'

/** A message, or something that happened in the room, as it is shown. */
export interface Entry {
  seq: number
  at: string
  by: string
  kind: 'text' | 'created' | 'joined' | 'left' | 'renamed'
  clientId?: string
  /** Null: it was deleted. */
  text: string | null
  edited: boolean
  replyTo?: number
  /** Who joined or left. */
  user?: string
  /** The new name. */
  name?: string
}

/**
 * What this device has of one room: events without holes from some first one on. Pushes may be lost, doubled and out of order, so what comes too early waits. Immutable.
 */
export interface Transcript {
  /** The first event that it has, or will have. */
  from: number
  /** The last event up to which nothing is missing. */
  position: number
  /** Events are known to exist up to here. */
  known: number
  early: Readonly<Record<number, RoomEvent>>
  entries: readonly Entry[]
  /** What became of messages, by their number: the last edit, or null for a deletion. Kept for messages that are not loaded yet, too. */
  changes: Readonly<Record<number, string | null>>
}

export function begin(from: number): Transcript {
  return { from, position: from - 1, known: from - 1, early: {}, entries: [], changes: {} }
}

export function know(transcript: Transcript, seq: number): Transcript {
  return seq > transcript.known ? { ...transcript, known: seq } : transcript
}

/** Takes what was pushed or synced; what it has already is passed over. Also answers what is new and in its place now; where nothing is new, the transcript is the same object. */
export function take(transcript: Transcript, events: readonly RoomEvent[]): [Transcript, RoomEvent[]] {
  if (events.every(event => event.seq <= transcript.position || event.seq in transcript.early)) return [transcript, []]
  const early: Record<number, RoomEvent> = { ...transcript.early }
  let { position, known } = transcript
  for (const event of events) {
    known = Math.max(known, event.seq)
    if (event.seq > position) early[event.seq] ??= event
  }

  const placed: RoomEvent[] = []
  for (let next = early[position + 1]; next; next = early[position + 1]) {
    delete early[++position]
    placed.push(next)
  }

  const now = { ...transcript, early, position, known }
  return [placed.length > 0 ? withEvents(now, placed) : now, placed]
}

/** Puts a page of history before what it has; a page that does not end there is passed over. */
export function prepend(transcript: Transcript, page: readonly RoomEvent[]): Transcript {
  const older = page.filter(event => event.seq < transcript.from)
  if (older.at(-1)?.seq !== transcript.from - 1) return transcript
  const entries = older.flatMap(event => entryOf(event, transcript.changes))

  // An edit among them may be of one among them, and is older than any that is known.
  let before: Transcript = { ...transcript, entries, changes: {} }
  before = withChanges(before, older, transcript.changes)
  return { ...transcript, from: older[0]!.seq, entries: [...before.entries, ...transcript.entries], changes: { ...before.changes, ...transcript.changes } }
}

export function isBehind(transcript: Transcript): boolean {
  return transcript.known > transcript.position
}

/** Whether a message that a user named so is there already. */
export function has(transcript: Transcript, user: string, clientId: string): boolean {
  const is = (one: { by: string; clientId?: string }) => one.clientId === clientId && one.by === user
  return transcript.entries.some(is) || Object.values(transcript.early).some(is)
}

/** The entry of a number, if it is loaded. */
export function entryAt(transcript: Transcript, seq: number): Entry | undefined {
  const at = indexOf(transcript.entries, seq)
  return at < 0 ? undefined : transcript.entries[at]
}

function withEvents(transcript: Transcript, events: readonly RoomEvent[]): Transcript {
  const entries = events.flatMap(event => entryOf(event, transcript.changes))
  return withChanges({ ...transcript, entries: entries.length > 0 ? [...transcript.entries, ...entries] : transcript.entries }, events, {})
}

/** Carries out edits and deletions, unless a later change of the message is known. */
function withChanges(transcript: Transcript, events: readonly RoomEvent[], later: Transcript['changes']): Transcript {
  const changing = events.filter(event => (event.kind === 'edited' || event.kind === 'deleted') && event.target !== undefined)
  if (changing.length === 0) return transcript
  const [changes, entries] = [{ ...transcript.changes }, [...transcript.entries]]
  for (const event of changing) {
    const target = event.target!

    // What is deleted stays so.
    if (changes[target] === null || target in later) continue
    const text = event.kind === 'deleted' || event.text === undefined ? null : event.text
    changes[target] = text
    const at = indexOf(entries, target)
    if (at >= 0) entries[at] = changed(entries[at]!, text)
  }

  return { ...transcript, entries, changes }
}

function entryOf(event: RoomEvent, changes: Transcript['changes']): Entry[] {
  switch (event.kind) {
    case 'text': {
      const entry: Entry = { ...placeOf(event), kind: 'text', clientId: event.clientId, text: event.erased ? null : (event.text ?? null), edited: false, replyTo: event.replyTo }
      return [event.seq in changes ? changed(entry, changes[event.seq]!) : entry]
    }
    case 'created':
    case 'joined':
    case 'left':
    case 'renamed':
      return [{ ...placeOf(event), kind: event.kind, text: '', edited: false, user: event.user, name: event.name }]
    default:
      return []
  }
}

function placeOf(event: RoomEvent): Pick<Entry, 'seq' | 'at' | 'by'> {
  return { seq: event.seq, at: event.at, by: event.by }
}

function changed(entry: Entry, text: string | null): Entry {
  return entry.text === null ? entry : { ...entry, text, edited: text !== null }
}

function indexOf(entries: readonly Entry[], seq: number): number {
  let [low, high] = [0, entries.length - 1]
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = entries[middle]!.seq
    if (found === seq) return middle
    if (found < seq) low = middle + 1
    else high = middle - 1
  }

  return -1
}

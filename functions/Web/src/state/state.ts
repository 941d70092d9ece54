import type { ContactState, Presence, RoomEvent, SyncedRoom } from '../net/wire'
import type { Transcript } from './transcript'

export type Language = 'en' | 'ko'
export type Theme = 'system' | 'light' | 'dark'

export interface Settings {
  language: Language
  theme: Theme
  /** Others see the user as offline. */
  invisible: boolean
  /** Desktop notifications; undecided until the user was asked. */
  notify: 'undecided' | 'on' | 'off'
}

export interface Member {
  user: string
  received: number
  read: number
}

export interface Room {
  id: string
  kind: 'direct' | 'group'
  name?: string
  owner?: string
  with?: string
  /** The first event that this user may see. */
  since: number
  members: readonly Member[]
  transcript: Transcript
  /** Who is writing, and until when that holds, in milliseconds. */
  typing: Readonly<Record<string, number>>
  older: 'idle' | 'loading' | 'failed'
}

export interface Person {
  user: string
  name?: string
  colour?: string
  /** Their profile has been asked for. */
  isAsked?: boolean
  presence?: Presence
  contact: ContactState
}

/** Something that the user said and the server has not acknowledged yet. */
export interface Outgoing {
  clientId: string
  room: string
  at: string
  text?: string
  replyTo?: number
  edit?: number
  delete?: number
  /** The tab that wrote it, and sends it. */
  tab?: string
  /** Why it was refused: it waits for the user. */
  refused?: string
}

/** A message of its own, not a change of one. */
export function isMessage(one: Outgoing): boolean {
  return one.edit === undefined && one.delete === undefined
}

export type Connection =
  | { phase: 'connecting' }
  | { phase: 'online' }
  /** Tried again then, in milliseconds; null: when the device is online again. */
  | { phase: 'waiting'; retryAt: number | null }
  /** The sign-in has ended. */
  | { phase: 'ended' }

export interface View {
  room?: string
  panel?: 'members' | 'search'
  dialog?: 'people' | 'group' | 'settings'
  /** What was unread when the room was opened begins here: at a message, or where loaded history does not reach. */
  unreadFrom?: number
  replyTo?: number
  editing?: number
  /** How the edited message is to read. */
  changed?: string
  /** The user looks at the end of the open room: what comes is read. */
  isReading?: boolean
}

export interface State {
  user: string
  settings: Settings
  connection: Connection
  /** The first sync has been done. */
  loaded: boolean
  rooms: Readonly<Record<string, Room>>
  /** Rooms that were heard of and are not known, with the last event that was heard of. */
  strange: Readonly<Record<string, number>>
  people: Readonly<Record<string, Person>>
  outbox: readonly Outgoing[]
  drafts: Readonly<Record<string, string>>
  view: View
  /** Something that the user tried failed: a problem's type. */
  trouble?: string
}

export type Action =
  | { type: 'connecting' }
  | { type: 'connected' }
  | { type: 'disconnected'; retryAt: number | null }
  | { type: 'ended' }
  /** Anew: the server knows less than this device, so nothing that is here counts. */
  | { type: 'synced'; rooms: readonly SyncedRoom[]; gone: readonly string[]; asked: State['strange']; anew?: boolean }
  | { type: 'events'; room: string; events: readonly RoomEvent[] }
  | { type: 'heads'; heads: Readonly<Record<string, number>> }
  | { type: 'marks'; room: string; user: string; received: number; read: number }
  /** The user has seen so far. */
  | { type: 'read'; room: string; seq: number }
  | { type: 'typing'; room: string; user: string; until: number | null }
  | { type: 'membership'; room: string; member: boolean }
  | { type: 'people'; people: readonly (Partial<Person> & { user: string })[] }
  | { type: 'older'; room: string; now: 'loading' | 'failed' }
  /** More: older ones of the same answer follow at once. */
  | { type: 'history'; room: string; events: readonly RoomEvent[]; more?: boolean }
  /** Said here, or heard from another tab: also that it was refused there, or is to be tried again. */
  | { type: 'composed'; outgoing: Outgoing }
  | { type: 'accepted'; room: string; event: RoomEvent }
  | { type: 'refused'; clientId: string; why: string }
  | { type: 'retried'; clientId: string }
  /** Taken out of the outbox, by the user or by another tab. */
  | { type: 'dropped'; clientId: string }
  | { type: 'drafted'; room: string; text: string }
  | { type: 'opened'; room: string | undefined }
  | { type: 'viewed'; view: Partial<View> }
  | { type: 'settings'; settings: Partial<Settings> }
  | { type: 'trouble'; why: string | undefined }

export function initial(user: string, settings: Settings, outbox: readonly Outgoing[], drafts: Readonly<Record<string, string>>): State {
  return { user, settings, connection: { phase: 'connecting' }, loaded: false, rooms: {}, strange: {}, people: {}, outbox, drafts, view: {} }
}

/** What the API sends and takes. */

export type EventKind = 'created' | 'text' | 'edited' | 'deleted' | 'joined' | 'left' | 'renamed'

/** One event of a room's sequence: 1, 2, 3 … without holes. */
export interface RoomEvent {
  seq: number
  id: string
  at: string
  by: string
  kind: EventKind
  clientId?: string | null
  text?: string | null
  replyTo?: number | null
  target?: number | null
  user?: string | null
  name?: string | null
  erased?: boolean | null
}

export interface MemberView {
  user: string
  since: number
  received?: number
  read?: number
}

export interface RoomView {
  id: string
  kind: 'direct' | 'group'
  name?: string | null
  owner?: string | null
  with?: string | null
  seq: number
  since: number
  members: MemberView[]
}

export interface SyncedRoom {
  room: RoomView
  recovered: boolean
  from: number
  events: RoomEvent[]
}

export type Status = 'online' | 'away' | 'offline'
export type ContactState = 'none' | 'contact' | 'requested' | 'invited' | 'blocked'

export interface Presence {
  status: Status
  lastSeen?: string | null
}

/** What is pushed to the client's method "chat". */
export type Push =
  | { type: 'events'; room: string; events: RoomEvent[] }
  | { type: 'head'; room: string; seq: number }
  | { type: 'marks'; room: string; user: string; received: number; read: number }
  | { type: 'typing'; room: string; user: string; typing: boolean }
  | { type: 'presence'; user: string; status: Status; lastSeen?: string | null }
  | { type: 'membership'; room: string; member: boolean }
  | { type: 'contact'; user: string; state: ContactState }

/** What the API sends and takes. */

export type EventKind = 'created' | 'text' | 'edited' | 'deleted' | 'joined' | 'left' | 'renamed'

/** One event of a room's sequence: 1, 2, 3 … without holes. */
export interface RoomEvent {
  seq: number
  id: string
  at: string
  by: string
  kind: EventKind
  clientId?: string
  text?: string
  replyTo?: number
  target?: number
  user?: string
  name?: string
  erased?: boolean
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
  name?: string
  owner?: string
  with?: string
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
  lastSeen?: string
}

/** What is pushed to the client's method "chat". */
export type Push =
  | { type: 'events'; room: string; events: RoomEvent[] }
  | { type: 'head'; room: string; seq: number }
  | { type: 'marks'; room: string; user: string; received: number; read: number }
  | { type: 'typing'; room: string; user: string; typing: boolean }
  | { type: 'presence'; user: string; status: Status; lastSeen?: string }
  | { type: 'membership'; room: string; member: boolean }
  | { type: 'contact'; user: string; state: ContactState }

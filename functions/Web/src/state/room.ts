import type { RoomEvent, SyncedRoom } from '../net/wire'
import type { Member, Room } from './state'
import { begin, know, take } from './transcript'

/** After a sync. Where the answer does not join what is there, that is forgotten: the room begins anew. What was heard while the answer was on its way is newer than what it says of the room. */
export function after({ room: view, recovered, from, events }: SyncedRoom, before: Room | undefined): Room {
  const joins = before && (recovered || from <= before.transcript.position + 1)
  const [transcript] = take(know(joins ? before.transcript : { ...begin(from), early: before?.transcript.early ?? {} }, view.seq), events)
  const answered: Room = {
    id: view.id, since: view.since, kind: view.kind, name: view.name, owner: view.owner, with: view.with, transcript,
    members: view.members.map(({ user, since, received, read }) => further(newcomer(user, since), received, read)),
    typing: before?.typing ?? {}, older: before && joins ? before.older : 'idle',
  }
  const now = transcript.entries.filter(entry => entry.seq > view.seq).reduce(happened, answered)
  return { ...now, members: now.members.map(member => further(member, ...marksOf(before, member.user))) }
}

/** After events have been heard of. */
export function taken(room: Room, events: readonly RoomEvent[]): Room {
  const [transcript, placed] = take(room.transcript, events)
  return placed.reduce(happened, changed(room, { transcript }))
}

// What an event says of the room itself, and of its author: who has spoken writes no more.
function happened(room: Room, event: Pick<RoomEvent, 'seq' | 'kind' | 'by' | 'user' | 'name'>): Room {
  switch (event.kind) {
    case 'text':
      return changed(room, { typing: typing(room.typing, event.by, null) })
    case 'renamed':
      return changed(room, { name: event.name ?? room.name })
    case 'joined':
      return room.members.some(member => member.user === event.user) || !event.user ? room : changed(room, { members: [...room.members, newcomer(event.user, event.seq)] })
    case 'left':
      return changed(room, {
        members: room.members.filter(member => member.user !== event.user),
        typing: typing(room.typing, event.user ?? '', null),
        owner: room.owner === event.user ? room.members.find(member => member.user !== event.user)?.user : room.owner,
      })
    default:
      return room
  }
}

/** The same object, if nothing changes. */
export function changed(room: Room, change: Partial<Room>): Room {
  const isSame = (Object.keys(change) as (keyof Room)[]).every(name => room[name] === change[name])
  return isSame ? room : { ...room, ...change }
}

// What was said before somebody came waits for nobody's eyes.
function newcomer(user: string, since: number): Member {
  return { user, received: since - 1, read: since - 1 }
}

/** Marks only ever grow; what is read has been received. */
export function marked(members: readonly Member[], user: string, received: number, read: number): readonly Member[] {
  return members.map(member => (member.user === user ? further(member, received, read) : member))
}

function marksOf(room: Room | undefined, user: string): [received?: number, read?: number] {
  const member = room?.members.find(one => one.user === user)
  return [member?.received, member?.read]
}

function further(member: Member, received = 0, read = 0): Member {
  return { user: member.user, received: Math.max(member.received, received, read), read: Math.max(member.read, read) }
}

/** Somebody writes until then; null: no longer. */
export function typing(before: Room['typing'], user: string, until: number | null): Room['typing'] {
  if (until !== null) return { ...before, [user]: until }
  if (!(user in before)) return before
  const { [user]: _, ...others } = before
  return others
}

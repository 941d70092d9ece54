import type { Api } from '../src/net/api'
import type { MemberView, Presence, Push, RoomEvent, RoomView, SyncedRoom } from '../src/net/wire'
import type { components, paths, webhooks } from './openapi'

/**
 * Holds what the page believes of the API against openapi.json. It compiles only if every field that the page reads is described there with a type that the page can take, and every call is of an operation that exists. What is sent is described there in words alone.
 */
type Described<Ours, Theirs extends Ours> = Ours extends unknown ? (keyof Ours extends keyof Theirs ? true : never) : never
type Schemas = components['schemas']
type Answered<P extends keyof paths, M extends keyof paths[P]> = paths[P][M] extends { responses: { 200: { content: { 'application/json': infer T } } } } ? T
  : paths[P][M] extends { responses: { 204: unknown } } ? void
  : never
type Ours<M extends keyof Api> = Api[M] extends (...all: never[]) => Promise<infer T> ? T : never
type Pushed = NonNullable<webhooks['chat']['post']['requestBody']>['content']['application/json']

export const answers: [
  Described<Ours<'negotiate'>, Answered<'/api/negotiate', 'post'>>,
  Described<Ours<'beat'>, Answered<'/api/presence', 'put'>>,
  Described<Ours<'sync'>, Answered<'/api/sync', 'post'>>,
  Described<Ours<'history'>, Answered<'/api/rooms/{room}/messages', 'get'>>,
  Described<Ours<'send'>, Answered<'/api/rooms/{room}/messages/{clientId}', 'put'>>,
  Described<Ours<'open'>, Answered<'/api/rooms/{room}', 'put'>>,
  Described<Ours<'presence'>, Answered<'/api/presence', 'get'>>,
  Described<Ours<'contacts'>, Answered<'/api/users/{user}/contacts', 'get'>>,
  Described<Ours<'wish'>, Answered<'/api/users/{user}/contacts/{other}', 'put'>>,
  Described<Ours<'unwish'>, Answered<'/api/users/{user}/contacts/{other}', 'delete'>>,
  Described<Ours<'profile'>, Answered<'/api/users/{user}/profile', 'get'>>,
] = [true, true, true, true, true, true, true, true, true, true, true]

export const parts: [
  Described<RoomEvent, Schemas['RoomEvent']>,
  Described<RoomView, Schemas['RoomView']>,
  Described<MemberView, Schemas['MemberView']>,
  Described<SyncedRoom, Schemas['SyncedRoomView']>,
  Described<Presence, Schemas['PresenceView']>,
] = [true, true, true, true, true]

// Each type of push that the server may send is one that the page knows.
type PushOf<T extends Push['type']> = Extract<Push, { type: T }>
export const pushes: [
  Pushed['type'] extends Push['type'] ? true : never,
  Described<PushOf<'events'>, Schemas['EventsPush']>,
  Described<PushOf<'head'>, Schemas['HeadPush']>,
  Described<PushOf<'marks'>, Schemas['MarksPush']>,
  Described<PushOf<'typing'>, Schemas['TypingPush']>,
  Described<PushOf<'presence'>, Schemas['PresencePush']>,
  Described<PushOf<'membership'>, Schemas['MembershipPush']>,
  Described<PushOf<'contact'>, Schemas['ContactPush']>,
] = [true, true, true, true, true, true, true, true]

// Those that answer nothing.
export const silent: [
  Answered<'/api/rooms/{room}/typing', 'post'>,
  Answered<'/api/rooms/{room}/members/{user}', 'put'>,
  Answered<'/api/rooms/{room}/members/{user}', 'delete'>,
] = [undefined, undefined, undefined]

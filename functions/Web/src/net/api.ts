import type { ContactState, Presence, RoomEvent, RoomView, SyncedRoom } from './wire'

/** The server said no, for good: sent again, it would say so again. */
export class Refusal extends Error {
  /** @param kind the problem's type, such as "not-contacts" */
  constructor(readonly status: number, readonly kind: string, detail: string) {
    super(detail)
  }
}

/** Nobody answered, or not now: it may be tried again as it is. */
export class Unreachable extends Error {}

/** The sign-in has ended: nothing can be asked until somebody signs in again. */
export function isSignedOut(failure: unknown): boolean {
  return failure instanceof Refusal && failure.kind === signedOut
}

export const signedOut = 'signed-out'

/** Vouches for the user. */
export interface Identity {
  readonly user: string
  /** What the sign-in says they are called. */
  readonly name?: string
  /** A token that is good now. @param refused one that is not @throws {Refusal} signed-out: the sign-in has ended */
  token(refused?: string): Promise<string>
  signOut(): Promise<void>
  /** Whether another tab ended the sign-in. */
  isEndedBy(event: StorageEvent): boolean
}

const limit = 15_000
const later = new Set([408, 425, 429, 500, 502, 503, 504])

export interface Message {
  text?: string
  replyTo?: number
  edit?: number
  delete?: number
}

export interface Profile {
  name?: string
  locale?: string
  colour?: string
  picture?: string
}

/** The chat's HTTP interface, as one user calls it. */
export class Api {
  constructor(private readonly root: string, readonly identity: Identity) {}

  negotiate = () => this.call<{ url: string; accessToken: string; region: string }>('POST', '/negotiate')

  beat = (beat: { device: string; status?: 'auto' | 'away'; invisible?: boolean; looking?: string[]; connected?: boolean; region?: string }) =>
    this.call<{ heads: Record<string, number>; invisible: boolean }>('PUT', '/presence', beat)

  /** Says that the device goes; also while the page is being closed. */
  leave = (device: string) => this.call<void>('PUT', '/presence', { device, status: 'offline' }, true)

  sync = (rooms: Record<string, number>) => this.call<{ rooms: SyncedRoom[]; gone: string[] }>('POST', '/sync', { rooms })

  history = (room: string, before: number, count: number) => this.call<{ events: RoomEvent[]; more: boolean }>('GET', `/rooms/${room}/messages?before=${before}&limit=${count}`)

  send = (room: string, clientId: string, message: Message) => this.call<RoomEvent>('PUT', `/rooms/${room}/messages/${clientId}`, message)

  mark = (room: string, marks: { received?: number; read?: number }) => this.call<void>('PUT', `/rooms/${room}/read`, marks)

  typing = (room: string, typing: boolean) => this.call<void>('POST', `/rooms/${room}/typing`, { typing })

  open = (room: string, wanted: { with: string } | { name: string; members: string[] }) => this.call<RoomView>('PUT', `/rooms/${room}`, wanted)

  addMember = (room: string, user: string) => this.call<void>('PUT', `/rooms/${room}/members/${encodeURIComponent(user)}`)

  removeMember = (room: string, user: string) => this.call<void>('DELETE', `/rooms/${room}/members/${encodeURIComponent(user)}`)

  presence = (users: string[]) => this.call<{ users: Record<string, Presence> }>('GET', `/presence?users=${users.map(encodeURIComponent).join(',')}`)

  contacts = () => this.call<{ contacts: { user: string; state: ContactState; room?: string }[] }>('GET', `${this.self}/contacts`)

  wish = (other: string, stance: 'contact' | 'blocked') => this.call<{ state: ContactState }>('PUT', `${this.self}/contacts/${encodeURIComponent(other)}`, { stance })

  unwish = (other: string) => this.call<{ state: ContactState }>('DELETE', `${this.self}/contacts/${encodeURIComponent(other)}`)

  profile = (user: string) => this.call<Profile>('GET', `/users/${encodeURIComponent(user)}/profile`)

  setProfile = (profile: Profile) => this.call<void>('PUT', `${this.self}/profile`, profile)

  private get self(): string {
    return `/users/${encodeURIComponent(this.identity.user)}`
  }

  /** @throws {Refusal} the server said no  @throws {Unreachable} nobody answered, or not now */
  private async call<T>(method: string, path: string, body?: unknown, leaving = false): Promise<T> {
    const token = await this.token()
    let answer = await this.attempt(method, path, token, body, leaving)
    if (answer.status === 401 && !leaving) answer = await this.attempt(method, path, await this.token(token), body, leaving)
    if (answer.ok) return (answer.status === 204 ? undefined : await bodyOf(answer)) as T
    if (later.has(answer.status)) throw new Unreachable(`${answer.status}`)
    const problem = await problemOf(answer)
    throw new Refusal(answer.status, problem.type, problem.detail)
  }

  private async token(refused?: string): Promise<string> {
    try {
      return await this.identity.token(refused)
    } catch (failure) {
      throw failure instanceof Refusal ? failure : new Unreachable(String(failure))
    }
  }

  private async attempt(method: string, path: string, token: string, body: unknown, leaving: boolean): Promise<Response> {
    try {
      return await fetch(this.root + path, {
        method,
        headers: { Authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
        body: body === undefined ? undefined : JSON.stringify(body),
        keepalive: leaving,
        signal: AbortSignal.timeout(limit),
      })
    } catch (failure) {
      throw new Unreachable(String(failure))
    }
  }
}

async function bodyOf(answer: Response): Promise<unknown> {
  try {
    return await answer.json()
  } catch (failure) {
    throw new Unreachable(String(failure))
  }
}

/** A problem's type is the last part of its address (RFC 9457). */
async function problemOf(answer: Response): Promise<{ type: string; detail: string }> {
  const problem = (await answer.json().catch(() => ({}))) as { type?: string; detail?: string }
  return { type: problem.type?.split(/[/:#]/).at(-1) ?? `http-${answer.status}`, detail: problem.detail ?? '' }
}

import { Unreachable, type Api } from '../src/net/api'
import type { Clock } from '../src/net/clock'
import type { Connect } from '../src/net/hub'
import type { InPlaceOf } from '../src/net/outbox'
import type { Push, RoomEvent } from '../src/net/wire'
import { me, other, room, viewAt } from './worlds'

/** Time that passes when everything waits: each sleeper is woken in its turn. */
export class SimulatedClock implements Clock {
  private time = 0
  private sleepers: { at: number; wake: () => void }[] = []

  constructor(private readonly chance: () => number) {}

  now = () => this.time
  random = () => (this.chance() % 1_000) / 1_000
  sleep = (milliseconds: number, signal: AbortSignal) =>
    new Promise<void>(resolve => {
      const sleeper = { at: this.time + milliseconds, wake: resolve }
      this.sleepers.push(sleeper)
      signal.addEventListener('abort', () => {
        this.sleepers = this.sleepers.filter(one => one !== sleeper)
        resolve()
      })
    })

  async run(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds
    for (;;) {
      // Whatever is under way goes on until it sleeps.
      await new Promise(setImmediate)
      const next = this.sleepers.filter(one => one.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.time = Math.max(this.time, next.at)
      this.sleepers = this.sleepers.filter(one => one !== next)
      next.wake()
    }

    this.time = end
  }
}

/** A server that keeps its promises over a network that keeps none. */
export class Server {
  readonly events: RoomEvent[] = [{ seq: 1, id: '1', at: '', by: other, kind: 'created' }]
  readonly marks = { received: 0, read: 0 }
  trouble = 0
  /** What always fails, and how. */
  readonly broken = new Map<string, Error>()
  /** What devices said in their heartbeats. */
  readonly told: { status?: string; invisible?: boolean }[] = []
  isInvisible = false
  /** What was asked of it, in order. */
  readonly calls: string[] = []
  /** Nothing is pushed, and nobody notices. */
  isMute = false
  /** How long the answer to a call is on its way, in milliseconds. */
  travel: (call: string) => number = () => 0
  private isMember = true
  private readonly hubs = new Set<{ heard: (push: Push) => void; closed: () => void }>()

  constructor(private readonly chance: () => number, private readonly clock: Clock) {}

  readonly connect: Connect = (_, heard, closed) => {
    const hub = { heard, closed }
    return {
      start: async () => {
        this.maybeFail()
        this.hubs.add(hub)
      },
      // As the public client does: whoever stops it is told, too.
      stop: async () => {
        this.hubs.delete(hub)
        closed()
      },
    }
  }

  readonly api = {
    negotiate: () => this.answered('negotiate', () => ({ url: '', accessToken: '', region: 'r' })),
    beat: ({ status, invisible }: { status?: string; invisible?: boolean }) =>
      this.answered('beat', () => {
        this.told.push({ status, invisible })
        this.isInvisible = invisible ?? this.isInvisible
        return { heads: this.isMember ? { [room]: this.events.length } : {}, invisible: this.isInvisible }
      }),
    leave: async () => undefined,
    sync: (positions: Record<string, number>) =>
      this.answered('sync', () => {
        if (!this.isMember) return { rooms: [], gone: Object.keys(positions) }
        return { rooms: [{ room: viewAt(this.events), recovered: true, from: (positions[room] ?? 0) + 1, events: this.events.slice(positions[room] ?? 0) }], gone: [] }
      }),
    send: (_: string, clientId: string, { text }: { text?: string }) => this.answered('send', () => this.events.find(one => one.clientId === clientId) ?? this.add({ by: me, kind: 'text', text, clientId })),
    mark: (_: string, { received = 0, read = 0 }) => this.answered('mark', () => Object.assign(this.marks, { received: Math.max(this.marks.received, received), read: Math.max(this.marks.read, read) })),
  } as unknown as Api

  /** Something happens; the push of it may be lost, doubled, or the connection with it. */
  add(event: Partial<RoomEvent>): RoomEvent {
    const now = { seq: this.events.length + 1, id: `${this.events.length + 1}`, at: '', by: other, kind: 'text', ...event } as RoomEvent
    this.events.push(now)
    for (const hub of this.isMute ? [] : [...this.hubs]) {
      const fate = this.trouble > 0 ? this.chance() % 10 : 9
      if (fate > 2) hub.heard({ type: 'events', room, events: [now] })
      if (fate > 7) hub.heard({ type: 'events', room, events: [now] })
      if (fate === 0) hub.closed()
    }

    return now
  }

  /** The user leaves the room, by another device. */
  leave(): void {
    this.isMember = false
    for (const hub of this.hubs) hub.heard({ type: 'membership', room, member: false })
  }

  // It fails before it takes effect, or after: who asked cannot know.
  private async answered<T>(call: string, run: () => T): Promise<T> {
    this.calls.push(call)
    await Promise.resolve()
    if (this.broken.has(call)) throw this.broken.get(call)
    this.maybeFail()
    const answer = run()
    const travel = this.travel(call)
    await (travel > 0 ? this.clock.sleep(travel, new AbortController().signal) : Promise.resolve())
    this.maybeFail()
    return answer
  }

  private maybeFail(): void {
    if (this.chance() % 100 < this.trouble) throw new Unreachable('simulated')
  }
}

export const tab = 'tab'

/** The other tabs: those that live send what is theirs. */
export const tabs = (...living: string[]): InPlaceOf => async (other, run) => {
  if (other !== undefined && living.includes(other)) return false
  await run()
  return true
}

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Refusal, Unreachable, type Api } from '../src/net/api'
import { pauseAfter } from '../src/net/backoff'
import type { Clock } from '../src/net/clock'
import { Connection } from '../src/net/connection'
import type { Connect } from '../src/net/hub'
import { Marks } from '../src/net/marks'
import { Outbox, type InPlaceOf } from '../src/net/outbox'
import { uuid7 } from '../src/net/uuid7'
import type { Push, RoomEvent } from '../src/net/wire'
import { Store } from '../src/state/store'
import { me, other, room, shown, start, truth, viewOf } from './worlds'

/** Time that passes when everything waits: each sleeper is woken in its turn. */
class SimulatedClock implements Clock {
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
class Server {
  readonly events: RoomEvent[] = [{ seq: 1, id: '1', at: '', by: other, kind: 'created' }]
  readonly marks = { received: 0, read: 0 }
  trouble = 0
  hub: { heard: (push: Push) => void; closed: () => void } | undefined

  constructor(private readonly chance: () => number) {}

  readonly connect: Connect = (_, heard, closed) => ({
    start: async () => {
      this.maybeFail()
      this.hub = { heard, closed }
    },
    stop: async () => {
      this.hub = undefined
    },
  })

  readonly api = {
    negotiate: () => this.answered(() => ({ url: '', accessToken: '', region: 'r' })),
    beat: () => this.answered(() => ({ heads: { [room]: this.events.length } })),
    leave: async () => undefined,
    sync: (positions: Record<string, number>) =>
      this.answered(() => ({ rooms: [{ room: viewOf(this.events.length), recovered: true, from: (positions[room] ?? 0) + 1, events: this.events.slice(positions[room] ?? 0) }], gone: [] })),
    send: (_: string, clientId: string, { text }: { text?: string }) => this.answered(() => this.events.find(one => one.clientId === clientId) ?? this.add({ by: me, kind: 'text', text, clientId })),
    mark: (_: string, { received = 0, read = 0 }) => this.answered(() => Object.assign(this.marks, { received: Math.max(this.marks.received, received), read: Math.max(this.marks.read, read) })),
  } as unknown as Api

  /** Something happens; the push of it may be lost, doubled, or the connection with it. */
  add(event: Partial<RoomEvent>): RoomEvent {
    const now = { seq: this.events.length + 1, id: `${this.events.length + 1}`, at: '', by: other, kind: 'text', ...event } as RoomEvent
    this.events.push(now)
    const fate = this.trouble > 0 ? this.chance() % 10 : 9
    if (fate > 2) this.hub?.heard({ type: 'events', room, events: [now] })
    if (fate > 7) this.hub?.heard({ type: 'events', room, events: [now] })
    if (fate === 0) this.hub?.closed()
    return now
  }

  // It fails before it takes effect, or after: who asked cannot know.
  private async answered<T>(run: () => T): Promise<T> {
    await Promise.resolve()
    this.maybeFail()
    const answer = run()
    await Promise.resolve()
    this.maybeFail()
    return answer
  }

  private maybeFail(): void {
    if (this.chance() % 100 < this.trouble) throw new Unreachable('simulated')
  }
}

const tab = 'tab'

/** The other tabs: those that live send what is theirs. */
const tabs = (...living: string[]): InPlaceOf => async (other, run) => {
  if (other !== undefined && living.includes(other)) return false
  await run()
  return true
}

describe('a device, whatever the network does', () => {
  test('has everything in the end, says everything once, and tells how far it is', async () => {
    await fc.assert(fc.asyncProperty(fc.infiniteStream(fc.nat()), fc.array(fc.tuple(fc.boolean(), fc.string({ minLength: 1 }), fc.nat(4_000)), { maxLength: 25 }), async (chances, life) => {
      const chance = () => chances.next().value as number
      const [clock, server, store] = [new SimulatedClock(chance), new Server(chance), new Store(start())]
      const around = { isOnline: () => true, isInUse: () => true }
      const connection = new Connection(server.api, store, server.connect, clock, around, 'device')
      const [outbox, marks] = [new Outbox(server.api, store, clock, tab, tabs()), new Marks(server.api, store, clock)]
      server.trouble = 30
      void connection.run()
      void outbox.run()
      void marks.run()
      const said: string[] = []
      for (const [isMine, text, pause] of life) {
        if (isMine) {
          const clientId = uuid7(1 + said.length)
          said.push(clientId)
          store.dispatch({ type: 'composed', outgoing: { clientId, room, text, at: '', tab } })
        } else {
          server.add({ text })
        }

        await clock.run(pause)
      }

      // The network mends; nobody says anything more.
      server.trouble = 0
      await clock.run(5 * 60_000)
      store.dispatch({ type: 'read', room, seq: server.events.length })
      await clock.run(60_000)
      expect(store.state.connection.phase).toBe('online')
      expect(shown(store.state)).toEqual(truth(server.events))
      expect(server.events.filter(one => one.by === me).map(one => one.clientId)).toEqual(said)
      expect(store.state.outbox).toEqual([])
      expect(server.marks).toEqual({ received: server.events.length, read: server.events.length })
      void connection.stop()
      outbox.stop()
      marks.stop()
    }), { numRuns: 300 })
  })

  test('asks once for what is missing, and again with its next heartbeat when the last push was lost', async () => {
    const [clock, server, store] = [new SimulatedClock(() => 500), new Server(() => 999), new Store(start())]
    const connection = new Connection(server.api, store, server.connect, clock, { isOnline: () => true, isInUse: () => true }, 'device')
    void connection.run()
    await clock.run(1_000)
    const hub = server.hub!
    server.hub = undefined
    server.add({ text: 'unheard' })
    await clock.run(59_000)
    expect(shown(store.state)).toEqual([])
    await clock.run(2_000)
    expect(shown(store.state)).toEqual([[2, 'unheard', false]])
    server.hub = hub
    await connection.stop()
  })

  test('waits for the network without asking while there is none', async () => {
    let online = false
    const [clock, server, store] = [new SimulatedClock(() => 500), new Server(() => 999), new Store(start())]
    const connection = new Connection(server.api, store, server.connect, clock, { isOnline: () => online, isInUse: () => true }, 'device')
    void connection.run()
    await clock.run(120_000)
    expect(store.state.connection).toEqual({ phase: 'waiting', retryAt: null })
    online = true
    connection.retry()
    await clock.run(100)
    expect(store.state.connection.phase).toBe('online')
    await connection.stop()
  })

  test('gives up what the server refuses, and goes on with the next', async () => {
    const [clock, server, store] = [new SimulatedClock(() => 500), new Server(() => 999), new Store(start())]
    const send = server.api.send
    server.api.send = ((id: string, clientId: string, message: { text?: string }) => (message.text === 'bad' ? Promise.reject(new Refusal(403, 'blocked', '')) : send(id, clientId, message))) as Api['send']
    const outbox = new Outbox(server.api, store, clock, tab, tabs())
    void outbox.run()
    for (const text of ['bad', 'good']) store.dispatch({ type: 'composed', outgoing: { clientId: text, room, text, at: '', tab } })
    await clock.run(1_000)
    expect(server.events.map(one => one.text)).toEqual([undefined, 'good'])
    expect(store.state.outbox.map(one => [one.text, one.refused])).toEqual([['bad', 'blocked']])
    outbox.stop()
  })

  test('sends what tabs before it left, in order, and leaves to a living tab what is that tab\'s', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom(tab, 'gone', 'living', undefined), { maxLength: 12 }), async writers => {
      const [clock, server, store] = [new SimulatedClock(() => 500), new Server(() => 999), new Store(start())]
      const living = ['living']
      const outbox = new Outbox(server.api, store, clock, tab, (other, run) => tabs(...living)(other, run))
      void outbox.run()
      const ids = writers.map((_, i) => `${i}`)
      writers.forEach((writer, i) => store.dispatch({ type: 'composed', outgoing: { clientId: ids[i]!, room, text: 'x', at: '', tab: writer } }))
      const sent = () => server.events.slice(1).map(one => one.clientId)
      const own = ids.filter((_, i) => writers[i] !== 'living')
      await clock.run(1_000)
      expect(sent()).toEqual(own)
      // That tab dies, too.
      living.pop()
      await clock.run(3_000)
      expect(sent()).toEqual([...own, ...ids.filter(id => !own.includes(id))])
      expect(store.state.outbox).toEqual([])
      outbox.stop()
    }))
  })
})

describe('small laws', () => {
  test('a pause is random up to a bound that doubles, and never beyond the longest', () => {
    fc.assert(fc.property(fc.nat(40), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (failures, random) => {
      const pause = pauseAfter(failures, random)
      expect(pause).toBeGreaterThanOrEqual(0)
      expect(pause).toBeLessThan(Math.min(30_000, 500 * 2 ** failures))
    }))
  })

  test('names are UUIDs of version 7 that sort by their time', () => {
    fc.assert(fc.property(fc.tuple(fc.nat(2 ** 46), fc.nat(2 ** 46)), fc.uint8Array({ minLength: 10, maxLength: 10 }), ([one, two], random) => {
      const [a, b] = [uuid7(one, random), uuid7(two, random)]
      expect(a).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      expect(Math.sign(one - two)).toBe(a < b ? -1 : a > b ? 1 : 0)
    }))
  })
})

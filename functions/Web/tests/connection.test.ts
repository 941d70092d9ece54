import { describe, expect, test } from 'vitest'
import { Refusal, signedOut, Unreachable } from '../src/net/api'
import { Connection } from '../src/net/connection'
import { Store } from '../src/state/store'
import { Server, SimulatedClock } from './simulation'
import { room, shown, start } from './worlds'

const around = { isOnline: () => true, isInUse: () => true }

/** A device that is about to connect, and what it lives among. */
function device(surroundings = around) {
  const clock = new SimulatedClock(() => 500)
  const [server, store] = [new Server(() => 999, clock), new Store(start())]
  const connection = new Connection(server.api, store, server.connect, clock, surroundings, 'device')
  return { clock, server, store, connection }
}

describe('a connection', () => {
  test('asks once for what is missing, and again with its next heartbeat when the last push was lost', async () => {
    const { clock, server, store, connection } = device()
    void connection.run()
    await clock.run(1_000)
    server.isMute = true
    server.add({ text: 'unheard' })
    await clock.run(59_000)
    expect(shown(store.state)).toEqual([])
    await clock.run(2_000)
    expect(shown(store.state)).toEqual([[2, 'unheard', false]])
    await connection.stop()
  })

  test('waits for the network without asking while there is none', async () => {
    let online = false
    const { clock, store, connection } = device({ ...around, isOnline: () => online })
    void connection.run()
    await clock.run(120_000)
    expect(store.state.connection).toEqual({ phase: 'waiting', retryAt: null })
    online = true
    connection.retry()
    await clock.run(100)
    expect(store.state.connection.phase).toBe('online')
    await connection.stop()
  })

  test.each(['negotiate', 'beat', 'sync'])('that fails at %s again and again is tried ever less often', async call => {
    const { clock, server, connection } = device()
    server.broken.set(call, new Unreachable('simulated'))
    void connection.run()
    await clock.run(60_000)
    const tries = server.calls.filter(one => one === 'negotiate').length
    expect(tries).toBeGreaterThan(4)
    expect(tries).toBeLessThan(12)
    await connection.stop()
  })

  test('that is in a pause is not hurried by what changes meanwhile, but by whoever asks for it', async () => {
    const { clock, server, connection } = device()
    server.broken.set('negotiate', new Unreachable('simulated'))
    void connection.run()
    await clock.run(60_000)
    const tries = server.calls.length
    connection.changed()
    await clock.run(100)
    expect(server.calls.length).toBe(tries)
    connection.retry()
    await clock.run(100)
    expect(server.calls.length).toBe(tries + 1)
    await connection.stop()
  })

  test('asks ever less often when a sync brings nothing of what is missing', async () => {
    const { clock, server, store, connection } = device()
    void connection.run()
    await clock.run(1_000)
    const syncs = () => server.calls.filter(one => one === 'sync').length
    const before = syncs()
    store.dispatch({ type: 'heads', heads: { [room]: 99 } })
    await clock.run(60_000)
    expect(syncs() - before).toBeGreaterThan(3)
    expect(syncs() - before).toBeLessThan(12)
    await connection.stop()
  })

  test('asks again when the user left a room while the answer that still has it was on its way', async () => {
    const { clock, server, store, connection } = device()
    void connection.run()
    await clock.run(1_000)
    server.travel = call => (call === 'sync' ? 1_000 : 0)
    store.dispatch({ type: 'heads', heads: { [room]: 2 } })
    await clock.run(500)
    server.leave()
    expect(store.state.rooms).toEqual({})
    await clock.run(5_000)
    expect(store.state.rooms).toEqual({})
    await connection.stop()
  })

  test('tells that the user is invisible once it is wished, and learns it from wherever else it was wished', async () => {
    const { clock, server, store, connection } = device()
    const settings = (invisible: boolean) => {
      store.dispatch({ type: 'settings', settings: { invisible } })
      connection.changed()
    }
    server.isInvisible = true
    void connection.run()
    await clock.run(1_000)
    expect(store.state.settings.invisible).toBe(true)
    settings(false)
    await clock.run(1_000)
    expect(server.isInvisible).toBe(false)
    server.isInvisible = true
    connection.changed()
    await clock.run(1_000)
    expect(store.state.settings.invisible).toBe(true)
    expect(server.told.map(one => one.invisible)).toEqual([undefined, false, undefined])
    await connection.stop()
  })

  test('does not undo what is wished while a heartbeat is on its way', async () => {
    const { clock, server, store, connection } = device()
    void connection.run()
    await clock.run(1_000)
    connection.changed()
    const beats = server.calls.filter(one => one === 'beat').length
    while (server.calls.filter(one => one === 'beat').length === beats) await Promise.resolve()
    store.dispatch({ type: 'settings', settings: { invisible: true } })
    connection.changed()
    await clock.run(1_000)
    expect([store.state.settings.invisible, server.isInvisible]).toEqual([true, true])
    await connection.stop()
  })

  test.each(['negotiate', 'beat'])('ends when the sign-in has ended, as %s tells', async call => {
    const { clock, server, store, connection } = device()
    void connection.run()
    await clock.run(1_000)
    server.broken.set(call, new Refusal(401, signedOut, ''))
    if (call === 'negotiate') connection.lost()
    else connection.changed()
    await clock.run(5_000)
    expect(store.state.connection.phase).toBe('ended')
    const calls = server.calls.length
    await clock.run(120_000)
    expect(server.calls.length).toBe(calls)
  })
})

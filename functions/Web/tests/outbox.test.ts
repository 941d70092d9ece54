import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Refusal, type Api } from '../src/net/api'
import { Outbox } from '../src/net/outbox'
import { Store } from '../src/state/store'
import { Server, SimulatedClock, tab, tabs } from './simulation'
import { room, start } from './worlds'

describe('the outbox', () => {
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

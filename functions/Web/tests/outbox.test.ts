import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Refusal, type Api } from '../src/net/api'
import { Outbox } from '../src/net/outbox'
import { Store } from '../src/state/store'
import { Browser } from './browser'
import { Server, SimulatedClock, tab, tabs } from './simulation'
import { room, shown, start } from './worlds'

function sender() {
  const clock = new SimulatedClock(() => 500)
  return { clock, server: new Server(() => 999, clock), store: new Store(start()) }
}

describe('the outbox', () => {
  test('gives up what the server refuses, and goes on with the next', async () => {
    const { clock, server, store } = sender()
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
      const { clock, server, store } = sender()
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

describe('two tabs of a browser', () => {
  const said = { clientId: '1', room, text: 'x', at: '' }
  const open = () => {
    const { clock, server } = sender()
    const browser = new Browser(server, clock)
    return { clock, server, browser, tabs: [browser.open(), browser.open()] as const }
  }

  test('see the same of what was refused, and either can have it tried again or give it up', async () => {
    const { clock, server, tabs: [one, two] } = open()
    server.broken.set('send', new Refusal(403, 'blocked', ''))
    await clock.run(1_000)
    one.store.dispatch({ type: 'composed', outgoing: { ...said, tab: one.id } })
    await clock.run(1_000)
    expect([one, two].map(tab => tab.store.state.outbox[0]?.refused)).toEqual(['blocked', 'blocked'])
    server.broken.clear()
    two.store.dispatch({ type: 'retried', clientId: '1' })
    await clock.run(5_000)
    expect([one, two].map(tab => [tab.store.state.outbox.length, shown(tab.store.state).length])).toEqual([[0, 1], [0, 1]])
    server.broken.set('send', new Refusal(403, 'blocked', ''))
    one.store.dispatch({ type: 'composed', outgoing: { ...said, clientId: '2', tab: one.id } })
    await clock.run(1_000)
    two.store.dispatch({ type: 'dropped', clientId: '2' })
    await clock.run(1_000)
    expect([one, two].map(tab => tab.store.state.outbox)).toEqual([[], []])
  })

  test('have the same settings', async () => {
    const { clock, tabs: [one, two] } = open()
    one.store.dispatch({ type: 'settings', settings: { theme: 'dark', invisible: true } })
    await clock.run(100)
    expect(two.store.state.settings).toEqual(one.store.state.settings)
  })

  test('keep their drafts apart', () => {
    const { browser, tabs: [one, two] } = open()
    one.store.dispatch({ type: 'drafted', room: 'a', text: 'one' })
    two.store.dispatch({ type: 'drafted', room: 'b', text: 'two' })
    one.store.dispatch({ type: 'drafted', room: 'a', text: '' })
    one.store.dispatch({ type: 'drafted', room: 'c', text: 'three' })
    expect(browser.open().store.state.drafts).toEqual({ b: 'two', c: 'three' })
  })
})

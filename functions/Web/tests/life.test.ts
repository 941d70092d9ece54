import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { uuid7 } from '../src/net/uuid7'
import { Browser } from './browser'
import { Server, SimulatedClock } from './simulation'
import { known, me, peopled, room, shown, truth, viewAt } from './worlds'

const steps = fc.array(fc.tuple(fc.constantFrom('say', 'say', 'say', 'hear', 'hear', 'rename', 'open', 'close', 'reload'), fc.string({ minLength: 1 }), fc.nat(4_000)), { maxLength: 25 })

describe('a browser, whatever the network and its user do', () => {
  test('has everything in the end, says everything once, and tells how far it is', async () => {
    await fc.assert(fc.asyncProperty(fc.infiniteStream(fc.nat()), steps, async (chances, life) => {
      const chance = () => chances.next().value as number
      const clock = new SimulatedClock(chance)
      const server = new Server(chance, clock)
      const browser = new Browser(server, clock)
      const [said, any] = [new Map<string, string[]>(), () => browser.tabs[chance() % browser.tabs.length]!]
      server.trouble = 30
      server.travel = () => chance() % 500
      browser.open()
      for (const [what, text, pause] of life) {
        if (what === 'hear') server.add({ text })
        if (what === 'rename') server.add({ kind: 'renamed', name: text })
        if (what === 'say') {
          const tab = any()
          const clientId = uuid7(1 + [...said.values()].flat().length)
          said.set(tab.id, [...(said.get(tab.id) ?? []), clientId])
          tab.store.dispatch({ type: 'composed', outgoing: { clientId, room, text, at: '', tab: tab.id } })
        }

        if (what === 'reload' || (what === 'close' && browser.tabs.length > 1)) browser.close(any())
        if (what === 'reload' || (what === 'open' && browser.tabs.length < 3)) browser.open()
        await clock.run(pause)
      }

      // The network mends; nobody says anything more.
      server.trouble = 0
      await clock.run(3 * 60_000)
      for (const tab of browser.tabs) tab.store.dispatch({ type: 'read', room, seq: server.events.length })
      await clock.run(10_000)
      for (const { store } of browser.tabs) {
        expect(store.state.connection.phase).toBe('online')
        expect(shown(store.state)).toEqual(truth(server.events))
        expect(known(store.state)).toEqual(peopled(viewAt(server.events)))
        expect(store.state.outbox).toEqual([])
      }

      // Each once, and in the order in which each tab's user wrote them.
      const mine = server.events.filter(one => one.by === me).map(one => one.clientId!)
      expect([...mine].sort()).toEqual([...said.values()].flat().sort())
      for (const ids of said.values()) expect(mine.filter(id => ids.includes(id))).toEqual(ids)
      expect(server.marks).toEqual({ received: server.events.length, read: server.events.length })
      for (const tab of [...browser.tabs]) browser.close(tab)
    }), { numRuns: Number(process.env['LIVES'] ?? 500) })
  }, 120_000)
})

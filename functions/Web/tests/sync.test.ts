import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Connection } from '../src/net/connection'
import { Marks } from '../src/net/marks'
import { Outbox } from '../src/net/outbox'
import { uuid7 } from '../src/net/uuid7'
import { Store } from '../src/state/store'
import { Server, SimulatedClock, tab, tabs } from './simulation'
import { me, room, shown, start, truth } from './worlds'

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
})

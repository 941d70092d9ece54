import { describe, expect, test } from 'vitest'
import { Unreachable, type Api } from '../src/net/api'
import { History } from '../src/net/history'
import type { RoomEvent } from '../src/net/wire'
import { Store } from '../src/state/store'
import { answer, other, room, run, start } from './worlds'

const events = Array.from({ length: 500 }, (_, i): RoomEvent => ({ seq: i + 1, id: `${i + 1}`, at: '', by: other, kind: 'text', text: `${i + 1}` }))

function opened(load: (before: number) => RoomEvent[]) {
  const store = new Store(run(start(), [{ type: 'synced', rooms: [answer(events, 0, false, 451)], gone: [], asked: {} }]))
  let asked = 0
  const api = {
    history: async (_: string, before: number) => {
      asked++
      await new Promise(setImmediate)
      return { events: load(before) }
    },
  } as unknown as Api
  return { store, history: new History(api, store), asked: () => asked, from: () => store.state.rooms[room]!.transcript.from }
}

describe('history', () => {
  const page = (before: number) => events.slice(Math.max(0, before - 101), before - 1)

  test('is asked for once by all who want it at once, and goes back as far as is wanted', async () => {
    const { history, asked, from } = opened(page)
    await Promise.all([history.older(room), history.older(room), history.back(room, 120)])
    expect([asked(), from()]).toEqual([4, 51])
    await history.back(room, 60)
    expect(asked()).toBe(4)
  })

  test('is taken in pieces that can be drawn one by one, and loads until the last of them is there', async () => {
    const { store, history, from } = opened(page)
    const seen: [number, string][] = []
    store.subscribe(state => seen.push([from(), state.rooms[room]!.older]))
    await history.older(room)
    expect(seen).toEqual([[451, 'loading'], [401, 'loading'], [351, 'idle']])
  })

  test('that fails, or does not join what is there, is not asked for without end', async () => {
    for (const load of [() => [], () => { throw new Unreachable('simulated') }]) {
      const { store, history, asked } = opened(load)
      await history.back(room, 1)
      expect([asked(), store.state.rooms[room]!.older]).toEqual([1, 'failed'])
    }
  })
})

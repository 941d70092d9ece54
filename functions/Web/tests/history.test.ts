import { describe, expect, test } from 'vitest'
import { Unreachable, type Api } from '../src/net/api'
import { History } from '../src/net/history'
import type { RoomEvent } from '../src/net/wire'
import { blockSize } from '../src/state/selectors'
import { Store } from '../src/state/store'
import { answer, other, room, run, start } from './worlds'

const events = Array.from({ length: 500 }, (_, i): RoomEvent => ({ seq: i + 1, id: `${i + 1}`, at: '', by: other, kind: 'text', text: `${i + 1}` }))

function opened(load: (before: number, count: number) => RoomEvent[]) {
  const store = new Store(run(start(), [{ type: 'synced', rooms: [answer(events, 0, false, 451)], gone: [], asked: {} }]))
  let asked = 0
  const api = {
    history: async (_: string, before: number, count: number) => {
      asked++
      await new Promise(setImmediate)
      return { events: load(before, count) }
    },
  } as unknown as Api
  return { store, history: new History(api, store), asked: () => asked, from: () => store.state.rooms[room]!.transcript.from }
}

describe('history', () => {
  const page = (before: number, count: number) => events.slice(Math.max(0, before - 1 - count), before - 1)

  test('is asked for once by all who want it at once, and goes back as far as is wanted', async () => {
    const { history, asked, from } = opened(page)
    await Promise.all([history.older(room), history.older(room), history.back(room, 120)])
    expect([asked(), from()]).toEqual([4, 60])
    await history.back(room, 60)
    expect(asked()).toBe(4)
  })

  test('is taken block by block, each whole, and loads until the last of them is there', async () => {
    const { store, history, from } = opened(page)
    const seen: [number, string][] = []
    store.subscribe(state => seen.push([from(), state.rooms[room]!.older]))
    await history.older(room)
    expect(seen).toEqual([[451, 'loading'], [440, 'loading'], [420, 'loading'], [400, 'loading'], [380, 'loading'], [360, 'idle']])
    await history.back(room, 1)
    expect(seen.map(([at]) => at).filter(at => at % blockSize !== 0)).toEqual([451, 1])
  })

  test('that fails, or does not join what is there, is not asked for without end', async () => {
    for (const load of [() => [], () => { throw new Unreachable('simulated') }]) {
      const { store, history, asked } = opened(load)
      await history.back(room, 1)
      expect([asked(), store.state.rooms[room]!.older]).toEqual([1, 'failed'])
    }
  })
})

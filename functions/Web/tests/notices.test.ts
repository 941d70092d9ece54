import { afterEach, expect, test, vi } from 'vitest'
import { Notices } from '../src/net/notices'
import { Store } from '../src/state/store'
import { answer, other, room, run, start } from './worlds'

afterEach(() => vi.unstubAllGlobals())

function told(isAnyInSight: boolean, Notification: unknown) {
  vi.stubGlobal('document', { hidden: true })
  vi.stubGlobal('window', { Notification })
  vi.stubGlobal('Notification', Notification)
  const store = new Store(run(start(), [{ type: 'settings', settings: { notify: 'on' } }, { type: 'synced', rooms: [answer([], 0)], gone: [], asked: {} }]))
  new Notices(store, async () => isAnyInSight).run()
  store.dispatch({ type: 'events', room, events: [{ seq: 1, id: '1', at: '', by: other, kind: 'text', text: 'Hello' }] })
  return store
}

const recording = () => {
  const titles: string[] = []
  class Notice {
    static permission = 'granted'
    addEventListener = () => undefined
    constructor(title: string) {
      titles.push(title)
    }
  }
  return { titles, Notice }
}

test('what comes while nobody looks is told, unless another tab is looked at', async () => {
  for (const [isAnyInSight, expected] of [[false, [other]], [true, []]] as const) {
    const { titles, Notice } = recording()
    told(isAnyInSight, Notice)
    await new Promise(setImmediate)
    expect(titles).toEqual(expected)
  }
})

test('where a page may not notify, nothing else fails for it', async () => {
  class Forbidden {
    static permission = 'granted'
    constructor() {
      throw new TypeError('Illegal constructor')
    }
  }
  const store = told(false, Forbidden)
  await new Promise(setImmediate)
  expect(store.state.rooms[room]!.transcript.position).toBe(1)
})

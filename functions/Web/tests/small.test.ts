import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { pauseAfter } from '../src/net/backoff'
import { uuid7 } from '../src/net/uuid7'
import { Soon } from '../src/view/tasks'
import { roAfter } from '../src/words/particles'

test('로 and 으로 as the last letter wants it', () => {
  expect(['민지', '서울', '북한산', 'minji', ''].map(roAfter)).toEqual(['로', '로', '으로', undefined, undefined])
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

  test('what is done soon is done once, with whichever of frame and task comes first, and out of sight too', async () => {
    const [frames, page, done] = [new Map<number, () => void>(), { hidden: false }, vi.fn()]
    let asked = 0
    vi.stubGlobal('document', page)
    vi.stubGlobal('requestAnimationFrame', (run: () => void) => frames.set(++asked, run) && asked)
    vi.stubGlobal('cancelAnimationFrame', (id: number) => frames.delete(id))
    const frame = () => [...frames.values()].splice(0).forEach(run => run())
    const task = () => new Promise(setImmediate).then(() => new Promise(setImmediate))
    const times = async (...what: (() => unknown)[]) => {
      done.mockClear()
      for (const one of what) await one()
      return done.mock.calls.length
    }
    const soon = new Soon(done)
    const { inTask, inFrame } = soon
    expect(await times(inTask, inTask)).toBe(0)
    expect(await times(task)).toBe(1)
    expect(await times(inFrame, inFrame, task)).toBe(0)
    expect(await times(frame, frame)).toBe(1)
    expect(await times(() => { inTask(); inFrame(); frame() }, task, frame)).toBe(1)
    expect(await times(() => { inFrame(); inTask() }, task, frame)).toBe(1)
    page.hidden = true
    expect(await times(inFrame, task, frame)).toBe(1)
    soon.end()
    vi.unstubAllGlobals()
  })
})

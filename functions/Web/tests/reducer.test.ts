import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { blocksOf, changing, needsSync, othersAt, readUpTo, tickOf, unread, unreadLine, waiting, written } from '../src/state/selectors'
import type { RoomEvent } from '../src/net/wire'
import type { Action, State } from '../src/state/state'
import { isBehind } from '../src/state/transcript'
import { answer, histories, known, me, other, peopled, room, run, shown, start, truth, viewAt, viewOf } from './worlds'

const push = (events: readonly RoomEvent[]): Action => ({ type: 'events', room, events })
const synced = (...rooms: ReturnType<typeof answer>[]): Action => ({ type: 'synced', rooms, gone: [], asked: {} })

const said = (seq: number, by = me): RoomEvent => ({ seq, id: `${seq}`, at: '', by, kind: 'text', text: `${seq}`, clientId: `c${seq}` })
const happened = (seq: number, kind: RoomEvent['kind'], user: string): RoomEvent => ({ seq, id: `${seq}`, at: '', by: other, kind, user })
const tick = (state: State, seq: number) => tickOf(othersAt(state.rooms[room]!, me), seq)

describe('a room, whatever becomes of its pushes', () => {
  test('pushes lost, doubled and in any order, and one sync at the end, show what happened', () => {
    fc.assert(fc.property(histories, fc.infiniteStream(fc.nat()), fc.nat(), (events, chances, begun) => {
      const next = () => chances.next().value as number
      const from = begun % (events.length + 1)
      let state = run(start(), [synced(answer(events.slice(0, from), 0))])
      const pushes = events.slice(from).flatMap(event => Array.from({ length: next() % 3 }, () => [event])).sort(() => (next() % 2) - 0.5)
      state = run(state, pushes.map(push))
      const position = state.rooms[room]!.transcript.position
      state = run(state, [synced(answer(events, position))])
      expect(shown(state)).toEqual(truth(events))
      expect(state.rooms[room]!.transcript.position).toBe(events.length)
      expect(needsSync(state)).toBe(false)
    }))
  })

  test('an answer that was overtaken on its way takes nothing back, and hides nothing that was heard meanwhile', () => {
    fc.assert(fc.property(histories, fc.infiniteStream(fc.nat()), (events, chances) => {
      const next = () => chances.next().value as number
      let state = start()
      let arrive: (() => void) | undefined
      const ask = (happened: number) => {
        const [asked, said] = [state.strange, answer(events.slice(0, happened), state.rooms[room]?.transcript.position ?? 0)]
        arrive = () => {
          state = run(state, [{ type: 'synced', rooms: [said], gone: [], asked }])
          arrive = undefined
        }
      }
      events.forEach((event, at) => {
        if (!arrive && next() % 3 === 0) ask(at + 1)
        state = run(state, next() % 2 === 0 ? [push([event])] : [{ type: 'heads', heads: { [room]: event.seq } }])
        if (next() % 3 === 0) arrive?.()
      })

      // Nothing more happens; what is known to be missing is asked for.
      arrive?.()
      for (let syncs = 0; syncs < 2 && needsSync(state); syncs++) {
        ask(events.length)
        arrive!()
      }

      expect(shown(state)).toEqual(truth(events))
      expect(known(state)).toEqual(peopled(viewAt(events)))
    }))
  })

  test('nothing is shown out of its place: what is there is always a beginning of what happened', () => {
    fc.assert(fc.property(histories, fc.array(fc.nat()), (events, order) => {
      let state = run(start(), [synced(answer(events.slice(0, 1), 0))])
      for (const index of order) {
        state = run(state, [push([events[index % events.length]!])])
        const { position, known } = state.rooms[room]!.transcript
        expect(shown(state)).toEqual(truth(events.slice(0, position)))
        expect(known).toBeGreaterThanOrEqual(position)
        expect(needsSync(state)).toBe(isBehind(state.rooms[room]!.transcript))
      }
    }))
  })

  test('what was heard before changes nothing, not even the object', () => {
    fc.assert(fc.property(histories, fc.array(fc.nat()), (events, order) => {
      const heard = order.map(index => events[index % events.length]!)
      const state = run(start(), [synced(answer(events.slice(0, 1), 0)), ...heard.map(one => push([one]))])
      expect(run(state, heard.flatMap((event): Action[] => [push([event]), { type: 'accepted', room, event }, { type: 'heads', heads: { [room]: event.seq } }]))).toBe(state)
    }))
  })

  test('who looks at the end of the open room has read what comes, and nobody else', () => {
    fc.assert(fc.property(histories, fc.boolean(), fc.boolean(), (events, isReading, isOpen) => {
      const before = run(start(), [synced(answer(events.slice(0, 1), 0)), ...(isOpen ? [{ type: 'opened', room } as const] : []), { type: 'viewed', view: { isReading } }])
      const after = run(before, events.slice(1).map(event => push([event])))
      expect(readUpTo(after, after.rooms[room]!)).toBe(isReading && isOpen && events.length > 1 ? events.length : readUpTo(before, before.rooms[room]!))
    }))
  })

  test('history in pages of any size before what is there shows what happened, edits across pages included', () => {
    fc.assert(fc.property(histories, fc.nat(), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 70, maxLength: 70 }), (events, begun, sizes) => {
      const from = 1 + (begun % events.length)
      let state = run(start(), [synced(answer(events, 0, false, from))])
      for (const size of sizes) {
        const before = state.rooms[room]!.transcript.from
        const page: Action = { type: 'history', room, events: events.filter(event => event.seq < before && event.seq >= before - size) }

        // A page that came twice changes nothing.
        state = run(state, [page, page])
      }

      expect(shown(state)).toEqual(truth(events))
      expect(state.rooms[room]!.transcript.from).toBe(1)
    }))
  })

  test('who begins anew forgets what does not join', () => {
    fc.assert(fc.property(histories, fc.nat(), (events, chance) => {
      const cut = 1 + (chance % events.length)
      const state = run(start(), [synced(answer(events.slice(0, cut), 0)), synced(answer(events, cut, false, Math.min(events.length, cut + 2)))])
      const { from, position } = state.rooms[room]!.transcript
      expect(position).toBe(events.length)
      expect(from).toBe(cut + 2 <= events.length ? cut + 2 : 1)
    }))
  })

  test('who knows more than the server takes what the server has', () => {
    const state = run(start(), [synced(answer([said(1), said(2), said(3)], 0)), { ...synced(answer([said(1)], 0)), anew: true } as Action])
    expect(state.rooms[room]!.transcript.position).toBe(1)
    expect(needsSync(state)).toBe(false)
  })
})

describe('what the user says', () => {
  test('waits until it has become an event, whichever way that is heard, and is then there once', () => {
    fc.assert(fc.property(histories, fc.constantFrom('accepted', 'pushed', 'synced', 'both'), (events, way) => {
      const mine = events.filter(event => event.kind === 'text' && event.by === me)
      let state = run(start(), [synced(answer(events.slice(0, 1), 0)), ...mine.map(({ clientId, text, at }): Action => ({ type: 'composed', outgoing: { clientId: clientId!, room, text: text!, at } }))])
      expect(state.outbox.length).toBe(mine.length)
      for (const event of events.slice(1)) {
        if (way !== 'pushed' && way !== 'synced' && mine.includes(event)) state = run(state, [{ type: 'accepted', room, event }])
        if (way !== 'accepted' && way !== 'synced') state = run(state, [push([event])])
      }

      state = run(state, [synced(answer(events, state.rooms[room]!.transcript.position))])
      expect(state.outbox).toEqual([])
      expect(shown(state)).toEqual(truth(events))
    }))
  })

  test('is kept while it is refused, and goes on when it is to be tried again', () => {
    const said: Action = { type: 'composed', outgoing: { clientId: 'c', room, text: 'Hi', at: '2026-01-01T00:00:00Z' } }
    const refused = run(start(), [said, said, { type: 'refused', clientId: 'c', why: 'not-member' }])
    expect(refused.outbox).toHaveLength(1)
    expect(refused.outbox[0]!.refused).toBe('not-member')
    expect(run(refused, [{ type: 'retried', clientId: 'c' }]).outbox[0]!.refused).toBeUndefined()
    expect(run(refused, [{ type: 'dropped', clientId: 'c' }]).outbox).toEqual([])
  })

  test('is in sight all the time, also while something before it is missing', () => {
    const one: Action = { type: 'composed', outgoing: { clientId: 'c3', room, text: '3', at: '' } }
    const edit: Action = { type: 'composed', outgoing: { clientId: 'c4', room, edit: 1, text: 'changed', at: '' } }
    const state = run(start(), [synced(answer([said(1)], 0)), one, edit, { type: 'accepted', room, event: said(3) }, { type: 'accepted', room, event: { ...said(4), kind: 'edited', target: 1, text: 'changed' } }])
    expect(state.outbox).toEqual([])
    expect(waiting(state, room).map(({ text }) => text)).toEqual(['3'])
    expect(changing(state, room).get(1)?.text).toBe('changed')
    const whole = run(state, [push([said(2, other)])])
    expect([waiting(whole, room), changing(whole, room).size, shown(whole)]).toEqual([[], 0, [[1, 'changed', true], [2, '2', false], [3, '3', false]]])
  })

  test('in another tab is what that tab heard last of it, and nothing of what is in the room already', () => {
    const one = { clientId: 'c2', room, text: '2', at: '' }
    const refused = run(start(), [synced(answer([said(1)], 0)), { type: 'composed', outgoing: one }, { type: 'composed', outgoing: { ...one, refused: 'blocked' } }])
    expect(refused.outbox).toEqual([{ ...one, refused: 'blocked' }])
    expect(run(refused, [{ type: 'composed', outgoing: one }]).outbox).toEqual([one])
    expect(run(refused, [push([said(2)]), { type: 'composed', outgoing: one }]).outbox).toEqual([])
  })

  test('stands in the field as an edit while that lasts, and as the draft before and after it', () => {
    const field = (state: State) => written(state, state.rooms[room]!)
    const draft = run(start(), [synced(answer([said(1), said(2)], 0)), { type: 'opened', room }, { type: 'drafted', room, text: 'draft' }])
    const edit = run(draft, [{ type: 'viewed', view: { editing: 1 } }])
    const changed = run(edit, [{ type: 'viewed', view: { changed: 'one' } }])
    const moved = run(changed, [{ type: 'viewed', view: { panel: 'search' } }, push([said(3, other)])])
    expect([draft, edit, changed, moved].map(field)).toEqual(['draft', '1', 'one', 'one'])
    expect(field(run(changed, [{ type: 'viewed', view: { editing: 2 } }]))).toBe('2')
    for (const end of [{ type: 'viewed', view: { editing: undefined } }, { type: 'opened', room: undefined }] as const) expect([field(run(changed, [end])), run(changed, [end]).view.changed]).toEqual(['draft', undefined])
  })

  test('by somebody else under the same client id settles nothing', () => {
    const state = run(start(), [synced(answer([], 0)), { type: 'composed', outgoing: { clientId: 'c', room, text: 'Hi', at: '' } }, push([{ seq: 1, id: '1', at: '', by: other, kind: 'text', text: 'x', clientId: 'c' }])])
    expect(state.outbox).toHaveLength(1)
  })
})

describe('marks', () => {
  test('only grow, in whatever order they come', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom(me, other), fc.nat(50), fc.nat(50))), marks => {
      const state = run(start(), [synced({ ...answer([], 0), room: viewOf(0) }), ...marks.map(([user, received, read]): Action => ({ type: 'marks', room, user, received, read }))])
      for (const member of state.rooms[room]!.members) {
        const own = marks.filter(([user]) => user === member.user)
        expect(member.read).toBe(Math.max(0, ...own.map(([, , read]) => read)))
        expect(member.received).toBe(Math.max(0, ...own.flatMap(([, received, read]) => [received, read])))
      }
    }))
  })

  test('a message is delivered when all others have it, and read when all have read it', () => {
    const at = (received: number, read: number) => tick(run(start(), [synced(answer([], 0)), { type: 'marks', room, user: other, received, read }]), 5)
    expect([at(4, 4), at(5, 4), at(5, 5)]).toEqual(['sent', 'delivered', 'read'])
  })

  test('who joins takes nothing from what was read before, and with nobody else there a message is sent and no more', () => {
    const group = run(start(), [synced(answer([said(1), said(2)], 0)), { type: 'marks', room, user: other, received: 2, read: 2 }])
    const joined = run(group, [push([happened(3, 'joined', 'new')])])
    expect([tick(joined, 2), tick(joined, 3)]).toEqual(['read', 'sent'])
    const view = { ...viewOf(3), members: [...viewOf(3).members, { user: 'new', since: 3 }] }
    expect(tick(run(group, [synced({ ...answer([said(1), said(2), happened(3, 'joined', 'new')], 2), room: view })]), 2)).toBe('read')
    expect(tick(run(group, [push([happened(3, 'left', other)])]), 2)).toBe('sent')
  })

  test('unread are the messages of others after what was read, without those that are deleted', () => {
    fc.assert(fc.property(histories, fc.nat(70), (events, read) => {
      const state = run(start(), [synced(answer(events, 0)), { type: 'read', room, seq: read }])
      const expected = truth(events).filter(([seq, text]) => seq > read && text !== null && events[seq - 1]!.by === other).length
      expect(unread(state, state.rooms[room]!)).toEqual({ count: expected, more: false })
    }))
  })
})

describe('what was unread when a room was opened', () => {
  const events = Array.from({ length: 20 }, (_, i) => said(i + 1, other))
  const openedAt = (read: number, from: number) => run(start(), [synced(answer(events, 0, false, from)), { type: 'read', room, seq: read }, { type: 'opened', room }])
  const line = (state: State) => unreadLine(state.rooms[room]!, me, state.view.unreadFrom)

  test('begins at its first message, or where loaded history does not reach, and is marked when it does', () => {
    expect([openedAt(20, 11).view.unreadFrom, openedAt(15, 11).view.unreadFrom, openedAt(5, 11).view.unreadFrom]).toEqual([undefined, 16, 6])
    expect([line(openedAt(15, 11)), line(openedAt(5, 11))]).toEqual([16, undefined])
    expect(line(run(openedAt(5, 11), [{ type: 'history', room, events: events.slice(3, 10) }]))).toBe(6)
  })

  test('is not begun by a deleted message, and is over when the user says something', () => {
    const state = run(start(), [synced(answer([said(1, other), said(2, other), { ...happened(3, 'deleted', ''), target: 1 }], 0)), { type: 'opened', room }])
    expect(state.view.unreadFrom).toBe(2)
    expect(run(state, [{ type: 'composed', outgoing: { clientId: 'x', room, edit: 2, text: 'x', at: '' } }]).view.unreadFrom).toBe(2)
    expect(run(state, [{ type: 'composed', outgoing: { clientId: 'x', room, text: 'x', at: '' } }]).view.unreadFrom).toBeUndefined()
  })
})

test('what failed in a dialog is over with it', () => {
  const failed = run(start(), [{ type: 'viewed', view: { dialog: 'people' } }, { type: 'trouble', why: 'blocked' }])
  expect(run(failed, [{ type: 'viewed', view: { panel: 'members' } }]).trouble).toBe('blocked')
  expect(run(failed, [{ type: 'viewed', view: { dialog: undefined } }]).trouble).toBeUndefined()
})

describe('rooms', () => {
  test('of which something is heard before they are known are asked for, once', () => {
    const heard = run(start(), [{ type: 'heads', heads: { [room]: 3 } }, push([{ seq: 4, id: '4', at: '', by: other, kind: 'text', text: 'x' }])])
    expect(heard.strange).toEqual({ [room]: 4 })
    expect(needsSync(heard)).toBe(true)
    expect(needsSync(run(heard, [{ type: 'synced', rooms: [], gone: [], asked: heard.strange }]))).toBe(false)
  })

  test('that the user has left are gone, with the view of them', () => {
    const state = run(start(), [synced(answer([], 0)), { type: 'opened', room }, { type: 'membership', room, member: false }])
    expect([state.rooms, state.view]).toEqual([{}, {}])
  })

  test('are drawn in blocks that stay the same objects while nothing in them changes', () => {
    fc.assert(fc.property(histories, fc.nat(), (events, chance) => {
      const cut = 1 + (chance % events.length)
      const before = run(start(), [synced(answer(events.slice(0, cut), 0))])
      const after = run(before, [push(events.slice(cut))])
      const one = blocksOf(before.rooms[room]!.transcript.entries, [], 8)
      const again = blocksOf(after.rooms[room]!.transcript.entries, one, 8)
      expect(again.flat()).toEqual(after.rooms[room]!.transcript.entries)
      for (const block of again) {
        const same = one.find(old => old.length === block.length && old.every((entry, at) => entry === block[at]))
        if (same) expect(block).toBe(same)
      }
    }))
  })
})

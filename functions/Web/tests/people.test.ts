import { describe, expect, test } from 'vitest'
import { Unreachable, type Api } from '../src/net/api'
import { People } from '../src/net/people'
import type { ContactState } from '../src/net/wire'
import { nameOf } from '../src/state/selectors'
import { Store } from '../src/state/store'
import { answer, me, other, room, start } from './worlds'

/** People whom the server knows; whose profile is broken cannot be had. */
function world(name?: string) {
  const [broken, calls, set]: [Set<string>, string[], object[]] = [new Set(), [], []]
  const contacts: { user: string; state: ContactState }[] = []
  const now = { status: 'online' }
  const api = {
    identity: { user: me, name },
    contacts: async () => ({ contacts: [...contacts] }),
    presence: async (users: string[]) => {
      calls.push(`presence ${users}`)
      return { users: Object.fromEntries(users.map(user => [user, { status: now.status }])) }
    },
    profile: async (user: string) => {
      calls.push(`profile ${user}`)
      if (broken.has(user)) throw new Unreachable('simulated')
      return user === me ? {} : { name: `Name of ${user}` }
    },
    setProfile: async (profile: object) => void set.push(profile),
  } as unknown as Api
  const store = new Store(start())
  const end = new People(api, store).run()
  const settle = async () => {
    for (let i = 0; i < 5; i++) await new Promise(setImmediate)
  }
  return { store, contacts, now, broken, calls, set, settle, end }
}

describe('people', () => {
  test('whose profile could not be had are asked for again, and keep nobody else from having a name', async () => {
    const { store, contacts, broken, settle } = world()
    contacts.push(...['a', 'b', 'c'].map(user => ({ user, state: 'contact' as const })))
    broken.add('b')
    store.dispatch({ type: 'connected' })
    await settle()
    expect(['a', 'b', 'c'].map(user => nameOf(store.state, user))).toEqual(['Name of a', 'b', 'Name of c'])
    broken.clear()
    store.dispatch({ type: 'heads', heads: { [room]: 1 } })
    await settle()
    expect(nameOf(store.state, 'b')).toBe('Name of b')
  })

  test('are looked for as soon as a room or a contact brings them into sight', async () => {
    const { store, calls, settle } = world()
    store.dispatch({ type: 'synced', rooms: [{ ...answer([], 0) }], gone: [], asked: {} })
    await settle()
    expect(store.state.people[other]?.presence?.status).toBe('online')
    store.dispatch({ type: 'people', people: [{ user: 'new', contact: 'invited' }] })
    await settle()
    expect([nameOf(store.state, 'new'), store.state.people['new']?.presence]).toEqual(['Name of new', undefined])
    store.dispatch({ type: 'people', people: [{ user: 'new', contact: 'contact' }] })
    await settle()
    expect(store.state.people['new']?.presence?.status).toBe('online')
    const before = calls.length
    store.dispatch({ type: 'marks', room, user: other, received: 1, read: 1 })
    await settle()
    expect(calls.length).toBe(before)
  })

  test('who spoke last in a room have a name before it is opened', async () => {
    const { store, settle } = world()
    store.dispatch({ type: 'synced', rooms: [answer([{ seq: 1, id: '1', at: '', by: 'somebody', kind: 'text', text: 'Hello' }], 0)], gone: [], asked: {} })
    await settle()
    expect(nameOf(store.state, 'somebody')).toBe('Name of somebody')
  })

  test('who are contacts no more are none after the next connection', async () => {
    const { store, contacts, settle } = world()
    contacts.push({ user: 'a', state: 'contact' })
    store.dispatch({ type: 'connected' })
    await settle()
    contacts.pop()
    store.dispatch({ type: 'connected' })
    await settle()
    expect(store.state.people['a']?.contact).toBe('none')
  })

  test('of whom something is heard while an answer is on its way are as it was heard', async () => {
    const { store, contacts, settle } = world()
    contacts.push({ user: 'a', state: 'invited' }, { user: 'b', state: 'contact' })
    store.dispatch({ type: 'people', people: [{ user: 'c', contact: 'requested' }] })
    await settle()
    store.dispatch({ type: 'connected' })
    store.dispatch({ type: 'people', people: [{ user: 'a', contact: 'contact' }, { user: 'c', contact: 'contact' }, { user: 'd', contact: 'invited' }] })
    await settle()
    expect(['a', 'b', 'c', 'd'].map(user => store.state.people[user]?.contact)).toEqual(['contact', 'contact', 'contact', 'invited'])
    store.dispatch({ type: 'heads', heads: { [room]: 1 } })
    store.dispatch({ type: 'people', people: [{ user: 'b', presence: { status: 'offline' } }] })
    await settle()
    expect(['a', 'b'].map(user => store.state.people[user]?.presence?.status)).toEqual(['online', 'offline'])
  })

  test('are as the last answer says, also where the one before it is still on its way', async () => {
    const { store, contacts, now, settle } = world()
    contacts.push({ user: 'a', state: 'invited' }, { user: other, state: 'contact' })
    store.dispatch({ type: 'people', people: [{ user: other, contact: 'contact' }] })
    await settle()
    now.status = 'offline'
    store.dispatch({ type: 'connected' })
    now.status = 'online'
    contacts[0] = { user: 'a', state: 'contact' }
    store.dispatch({ type: 'connected' })
    await settle()
    expect([store.state.people['a']?.contact, store.state.people[other]?.presence?.status]).toEqual(['contact', 'online'])
  })

  test('who are new here are called as their sign-in says', async () => {
    const { store, set, settle } = world(' 김민지 ')
    store.dispatch({ type: 'connected' })
    await settle()
    expect(nameOf(store.state, me)).toBe('김민지')
    expect(set).toEqual([{ name: '김민지', locale: 'en', colour: undefined, picture: undefined }])
  })
})

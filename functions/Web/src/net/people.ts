import type { State } from '../state/state'
import type { Store } from '../state/store'
import type { Api } from './api'

const mostAtOnce = 100

/** Learns of people as they come into sight: names once, presence again and again, since only those in an open room are told of changes. */
export class People {
  private readonly asked = new Set<string>()

  constructor(private readonly api: Api, private readonly store: Store) {}

  /** Begins to watch; the answer ends it. */
  run(): () => void {
    return this.store.subscribe((state, action, before) => {
      if (action.type === 'connected') void this.contacts()
      if (action.type === 'connected' || action.type === 'heads' || state.view.room !== before.view.room) void this.presence()
      if (state.rooms !== before.rooms || state.people !== before.people || state.view.room !== before.view.room) void this.names()
    })
  }

  /** Asks who the contacts are, and how they are called. */
  private async contacts(): Promise<void> {
    const { contacts } = await this.api.contacts().catch(() => ({ contacts: [] }))
    this.store.dispatch({ type: 'people', people: contacts.map(({ user, state }) => ({ user, contact: state })) })
  }

  private async names(): Promise<void> {
    const users = [this.store.state.user, ...inSight(this.store.state)].filter(user => !this.asked.has(user))
    for (const user of users) this.asked.add(user)
    for (const user of users) {
      try {
        const { name, colour } = await this.api.profile(user)
        if (name || colour) this.store.dispatch({ type: 'people', people: [{ user, name, colour }] })
      } catch {
        this.asked.delete(user)
        return
      }
    }
  }

  private async presence(): Promise<void> {
    const users = inSight(this.store.state).slice(0, mostAtOnce)
    if (users.length === 0) return
    const answer = await this.api.presence(users).catch(() => undefined)
    if (answer) this.store.dispatch({ type: 'people', people: Object.entries(answer.users).map(([user, presence]) => ({ user, presence })) })
  }
}

// Those of the open room first.
function inSight(state: State): string[] {
  const open = state.view.room ? (state.rooms[state.view.room]?.members.map(member => member.user) ?? []) : []
  const direct = Object.values(state.rooms).flatMap(room => room.with ?? [])
  const contacts = Object.values(state.people).filter(person => person.contact !== 'none').map(person => person.user)
  return [...new Set([...open, ...direct, ...contacts])].filter(user => user !== state.user)
}

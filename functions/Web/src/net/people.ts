import { lastEntry } from '../state/selectors'
import type { Person, State } from '../state/state'
import type { Store } from '../state/store'
import { Refusal, type Api, type Profile } from './api'

const mostAtOnce = 100

// As many characters as a profile's name may have.
const longestName = 64

/** Learns of people as they come into sight: names once, presence again and again, since only those in an open room are told of changes. */
export class People {
  private readonly asked = new Set<string>()
  private isAsking = false

  constructor(private readonly api: Api, private readonly store: Store) {}

  /** Begins to watch; the answer ends it. */
  run(): () => void {
    return this.store.subscribe((state, action, before) => {
      if (action.type === 'connected') this.contacts()
      const isMinute = action.type === 'connected' || action.type === 'heads'
      const isSame = state.rooms === before.rooms && state.people === before.people && state.view.room === before.view.room
      if (isMinute || (!isSame && inSight(state).join() !== inSight(before).join())) void this.names()
      if (isMinute || (!isSame && known(state).join() !== known(before).join())) this.presence()
    })
  }

  /** Asks who the contacts are. Who is none any more became so while this device was away. */
  private readonly contacts = oneByOne(async () => {
    const before = this.store.state.people
    const answer = await this.api.contacts().catch(() => undefined)
    if (!answer) return
    const now = new Set(answer.contacts.map(one => one.user))
    const gone = Object.values(before).filter(person => person.contact !== 'none' && !now.has(person.user))
    const people = [...answer.contacts.map(({ user, state }) => ({ user, contact: state })), ...gone.map(({ user }) => ({ user, contact: 'none' as const }))]
    this.learn(people, before, person => person?.contact ?? 'none')
  })

  // What was heard of somebody while the answer was on its way is newer than it. Answers come one by one, so what has changed was heard.
  private learn(answer: readonly (Partial<Person> & { user: string })[], before: State['people'], of: (person: Person | undefined) => unknown): void {
    const people = answer.filter(({ user }) => of(this.store.state.people[user]) === of(before[user]))
    this.store.dispatch({ type: 'people', people })
  }

  /** One after the other; who could not be asked is asked again with the next heartbeat. */
  private async names(): Promise<void> {
    if (this.isAsking) return
    this.isAsking = true
    const failed = new Set<string>()
    const next = () => [this.store.state.user, ...inSight(this.store.state)].find(user => !this.asked.has(user) && !failed.has(user))
    for (let user = next(); user !== undefined; user = next()) {
      const profile = await this.profile(user)
      ;(profile ? this.asked : failed).add(user)
      if (profile) this.store.dispatch({ type: 'people', people: [{ user, name: profile.name, colour: profile.colour, isAsked: true }] })
    }

    this.isAsking = false
  }

  private async profile(user: string): Promise<Profile | undefined> {
    try {
      const profile = await this.api.profile(user)
      const name = [...(this.api.identity.name ?? '').trim()].slice(0, longestName).join('')
      if (user !== this.store.state.user || profile.name || name === '') return profile

      // Who is new here is called as the sign-in says.
      const { colour, picture } = profile
      await this.api.setProfile({ name, locale: this.store.state.settings.language, colour, picture })
      return { ...profile, name }
    } catch (failure) {
      return failure instanceof Refusal ? {} : undefined
    }
  }

  private readonly presence = oneByOne(async () => {
    const users = known(this.store.state).slice(0, mostAtOnce)
    if (users.length === 0) return
    const before = this.store.state.people
    const answer = await this.api.presence(users).catch(() => undefined)
    if (answer) this.learn(Object.entries(answer.users).map(([user, presence]) => ({ user, presence })), before, person => person?.presence)
  })
}

/** Never twice at a time: when it is wanted while it runs, it runs once more. What it does must not fail. */
function oneByOne(run: () => Promise<void>): () => void {
  let [isWanted, isRunning] = [false, false]
  const runs = async () => {
    isRunning = true
    while (isWanted) {
      isWanted = false
      await run()
    }

    isRunning = false
  }
  return () => {
    isWanted = true
    if (!isRunning) void runs()
  }
}

// Those whose presence the user is told: of the open room first.
function known(state: State): string[] {
  const open = state.view.room ? (state.rooms[state.view.room]?.members.map(member => member.user) ?? []) : []
  const direct = Object.values(state.rooms).flatMap(room => room.with ?? [])
  return [...new Set([...open, ...direct, ...whoIs(state, person => person.contact === 'contact')])].filter(user => user !== state.user)
}

// Those whose name is shown: also who asks for contact or was asked, who spoke last in a room, and who ever spoke in the open one.
function inSight(state: State): string[] {
  const users = new Set([...known(state), ...whoIs(state, person => person.contact !== 'none')])
  for (const room of Object.values(state.rooms)) users.add(lastEntry(room)?.by ?? state.user)
  for (const entry of (state.view.room && state.rooms[state.view.room]?.transcript.entries) || []) users.add(entry.by)
  return [...users]
}

function whoIs(state: State, is: (person: Person) => boolean): string[] {
  return Object.values(state.people).filter(is).map(person => person.user)
}

import { initial, type Action, type Settings, type State } from '../state/state'
import { Store } from '../state/store'
import { followAddress } from './address'
import { Api, Refusal, type Identity } from './api'
import { systemClock } from './clock'
import { Connection } from './connection'
import { connect } from './hub'
import { History } from './history'
import { Keeper } from './keeper'
import { Kept } from './kept'
import { Marks } from './marks'
import { Notices } from './notices'
import { Outbox } from './outbox'
import { People } from './people'
import { Tab } from './tab'
import { Typing } from './typing'
import { uuid7 } from './uuid7'

const idleAfter = 5 * 60_000

/** One user's chat on this page: the state, and what keeps it true. */
export class Session {
  readonly store: Store
  readonly typing: Typing
  readonly history: History
  private readonly keeper: Keeper
  private readonly tab = new Tab()
  private readonly connection: Connection
  private readonly outbox: Outbox
  private readonly marks: Marks
  private readonly ends: (() => void)[] = []
  private standing: Promise<void> = Promise.resolve()
  private usedAt = Date.now()

  constructor(readonly api: Api, private readonly identity: Identity, settings: Settings) {
    const kept = new Kept(localStorage, identity.user)
    this.store = new Store(initial(identity.user, settings, kept.loadOutbox(), kept.loadDrafts()))
    this.keeper = new Keeper(this.store, kept, localStorage, navigator.languages)
    this.connection = new Connection(api, this.store, connect, systemClock, { isOnline: () => navigator.onLine, isInUse: this.isInUse }, `web-${this.tab.id}`)
    this.outbox = new Outbox(api, this.store, systemClock, this.tab.id, this.tab.inPlaceOf)
    this.marks = new Marks(api, this.store, systemClock)
    this.typing = new Typing(api, systemClock)
    this.history = new History(api, this.store)
  }

  start(): void {
    this.ends.push(this.keeper.run(), this.store.subscribe(this.heed), new People(this.api, this.store).run(), new Notices(this.store, this.tab.isAnyInSight).run(), followAddress(this.store))
    this.listen(window, 'online', this.connection.retry)
    this.listen(window, 'offline', this.connection.lost)
    this.listen(window, 'pagehide', () => void this.api.leave(this.device).catch(() => undefined))
    this.listen(window, 'pageshow', event => (event as PageTransitionEvent).persisted && this.connection.lost())
    this.listen(window, 'storage', event => this.hear(event as StorageEvent))
    this.listen(document, 'visibilitychange', () => {
      this.tab.inSight(!document.hidden)
      if (!document.hidden) this.usedAt = Date.now()
      this.connection.changed()
    })
    for (const name of ['pointerdown', 'keydown']) this.listen(document, name, this.used)
    this.tab.open()
    this.tab.inSight(!document.hidden)
    void this.connection.run()
    void this.outbox.run()
    void this.marks.run()
  }

  async stop(): Promise<void> {
    for (const end of this.ends.splice(0)) end()
    this.outbox.stop()
    this.marks.stop()
    this.tab.close()
    await this.connection.stop()
  }

  async signOut(): Promise<void> {
    await this.stop()
    await this.identity.signOut()
  }

  retry = (): void => this.connection.retry()

  /** Says something, at once for the eye; the outbox does the rest. */
  say(room: string, message: { text?: string; replyTo?: number; edit?: number; delete?: number }): void {
    const now = systemClock.now()
    this.typing.ended(room)
    this.store.dispatch({ type: 'composed', outgoing: { clientId: uuid7(now), room, at: new Date(now).toISOString(), tab: this.tab.id, ...message } })
  }

  /** Does what may be refused: tells the user why. Answers what it answers, or undefined. */
  async attempt<T>(run: (api: Api) => Promise<T>): Promise<T | undefined> {
    try {
      this.store.dispatch({ type: 'trouble', why: undefined })
      return await run(this.api)
    } catch (failure) {
      this.store.dispatch({ type: 'trouble', why: failure instanceof Refusal ? failure.kind : 'unreachable' })
      return undefined
    }
  }

  /** Says how the user stands to somebody, one after the other. What is heard of that meanwhile is newer than the answer. */
  stand(user: string, stance: 'contact' | 'blocked' | 'none'): Promise<void> {
    const contact = () => this.store.state.people[user]?.contact ?? 'none'
    const run = async () => {
      const before = contact()
      const answer = await this.attempt(api => (stance === 'none' ? api.unwish(user) : api.wish(user, stance)))
      if (answer && contact() === before) this.store.dispatch({ type: 'people', people: [{ user, contact: answer.state }] })
    }
    return (this.standing = this.standing.then(run))
  }

  private get device(): string {
    return this.connection.device
  }

  private readonly heed = (state: State, action: Action, before: State): void => {
    if (state.settings.invisible !== before.settings.invisible || action.type === 'opened') this.connection.changed()
  }

  private hear(event: StorageEvent): void {
    this.keeper.hear(event)
    if (this.identity.isEndedBy(event)) this.store.dispatch({ type: 'ended' })
  }

  private readonly used = (): void => {
    const wasIdle = !this.isInUse()
    this.usedAt = Date.now()
    if (wasIdle) this.connection.changed()
  }

  private readonly isInUse = (): boolean => !document.hidden && Date.now() - this.usedAt < idleAfter

  private listen(target: EventTarget, name: string, run: (event: Event) => unknown): void {
    target.addEventListener(name, run)
    this.ends.push(() => target.removeEventListener(name, run))
  }
}

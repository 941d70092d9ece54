import { Connection } from '../src/net/connection'
import { Keeper } from '../src/net/keeper'
import { Kept } from '../src/net/kept'
import { Marks } from '../src/net/marks'
import { Outbox, type InPlaceOf } from '../src/net/outbox'
import { initial, type Settings } from '../src/state/state'
import { Store } from '../src/state/store'
import type { Server, SimulatedClock } from './simulation'
import { me } from './worlds'

const settings: Settings = { language: 'en', theme: 'system', invisible: false, notify: 'undecided' }

/** A browser with tabs of the page, what it keeps for them, and the locks by which they tell who lives. */
export class Browser {
  readonly tabs: Tab[] = []
  readonly locks = new Set<string>()
  private readonly kept = new Map<string, string>()
  private opened = 0

  constructor(readonly server: Server, readonly clock: SimulatedClock) {}

  open(): Tab {
    const tab = new Tab(this, `tab-${this.opened++}`)
    this.tabs.push(tab)
    return tab
  }

  /** It is closed, or crashes: what it was about to do, it does not. */
  close(tab: Tab): void {
    this.tabs.splice(this.tabs.indexOf(tab), 1)
    tab.end()
  }

  /** As one tab sees it: the others are told of what it changes, a little later. */
  storage(owner: Tab): Storage {
    const changed = (key: string) => queueMicrotask(() => this.tabs.filter(tab => tab !== owner).forEach(tab => tab.keeper.hear({ key })))
    const methods: Record<string, unknown> = {
      getItem: (name: string) => this.kept.get(name) ?? null,
      setItem: (name: string, value: string) => {
        if (owner.isEnded) return
        this.kept.set(name, value)
        changed(name)
      },
      removeItem: (name: string) => !owner.isEnded && this.kept.delete(name) && changed(name),
    }
    return new Proxy({} as Storage, {
      get: (_, name) => methods[name as string],
      ownKeys: () => [...this.kept.keys()],
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
    })
  }
}

/** One page of the user's. */
export class Tab {
  readonly store: Store
  readonly keeper: Keeper
  isEnded = false
  private readonly ends: (() => void)[]

  constructor(browser: Browser, readonly id: string) {
    const { server, clock } = browser
    const storage = browser.storage(this)
    const kept = new Kept(storage, me)
    this.store = new Store(initial(me, settings, kept.loadOutbox(), kept.loadDrafts()))
    this.keeper = new Keeper(this.store, kept, storage, [])
    browser.locks.add(id)
    const inPlaceOf: InPlaceOf = async (other, run) => {
      if (browser.locks.has(`${other}`)) return false
      browser.locks.add(`${other}`)
      await run()
      browser.locks.delete(`${other}`)
      return true
    }
    const connection = new Connection(server.api, this.store, server.connect, clock, { isOnline: () => true, isInUse: () => true }, id)
    const [outbox, marks] = [new Outbox(server.api, this.store, clock, id, inPlaceOf), new Marks(server.api, this.store, clock)]
    this.ends = [this.keeper.run(), () => browser.locks.delete(id), () => void connection.stop(), () => outbox.stop(), () => marks.stop()]
    for (const part of [connection, outbox, marks]) void part.run()
  }

  end(): void {
    this.isEnded = true
    for (const end of this.ends) end()
  }
}

import type { Store } from '../state/store'
import { areSettings, Kept, loadSettings, saveSettings } from './kept'

/** Keeps in the browser what must outlive the page, and hears what other tabs keep there. */
export class Keeper {
  private isHearing = false

  constructor(private readonly store: Store, private readonly kept: Kept, private readonly storage: Storage, private readonly languages: readonly string[]) {}

  /** Begins to keep; the answer ends it. */
  run(): () => void {
    return this.store.subscribe((state, action, before) => {
      // What is heard from another tab, that tab keeps.
      if (this.isHearing) return
      if (state.outbox !== before.outbox) {
        const there = new Set(before.outbox)
        for (const one of state.outbox) if (!there.has(one)) this.kept.saveOutgoing(one)
        const left = new Set(state.outbox.map(one => one.clientId))
        for (const one of before.outbox) if (!left.has(one.clientId)) this.kept.dropOutgoing(one.clientId)
      }

      if (action.type === 'drafted') this.kept.saveDraft(action.room, action.text)
      if (state.settings !== before.settings) saveSettings(this.storage, state.settings)
    })
  }

  /** What another tab of the same browser wrote, sent, gave up or set. */
  hear(event: Pick<StorageEvent, 'key'>): void {
    const change = this.kept.outgoingOf(event)
    this.isHearing = true
    if (change?.outgoing) this.store.dispatch({ type: 'composed', outgoing: change.outgoing })
    else if (change) this.store.dispatch({ type: 'dropped', clientId: change.clientId })
    else if (areSettings(event)) this.store.dispatch({ type: 'settings', settings: loadSettings(this.storage, this.languages) })
    this.isHearing = false
  }
}

import { reduce } from './reducer'
import type { Action, State } from './state'

export type Listener = (state: State, action: Action, before: State) => void

/** The one place where the page's state is. */
export class Store {
  private readonly listeners = new Set<Listener>()

  constructor(private current: State) {}

  get state(): State {
    return this.current
  }

  dispatch = (action: Action): void => {
    const before = this.current
    this.current = reduce(before, action)
    if (this.current !== before) for (const listener of [...this.listeners]) listener(this.current, action, before)
  }

  /** Calls after each change, until the answer is called. */
  subscribe(listener: Listener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}

import { readUpTo } from '../state/selectors'
import type { Action, State } from '../state/state'
import type { Store } from '../state/store'
import type { Api } from './api'
import { Refusal } from './api'
import { Waker, type Clock } from './clock'

// So that a burst of messages is told once.
const together = 400
const again = 5_000

/** Tells the server how far this device has received, and how far the user has read. */
export class Marks {
  private readonly waker: Waker
  private readonly told = new Map<string, { received: number; read: number }>()
  private ended = false

  constructor(private readonly api: Api, private readonly store: Store, private readonly clock: Clock) {
    this.waker = new Waker(clock)
  }

  async run(): Promise<void> {
    const unsubscribe = this.store.subscribe((state, action) => {
      this.learn(state, action)
      if (this.due(state).length > 0) this.waker.wake()
    })
    while (!this.ended) {
      if (this.due(this.store.state).length === 0) await this.waker.wait(Infinity)
      await this.clock.sleep(together, new AbortController().signal)
      if (!(await this.tell())) await this.waker.wait(again)
    }

    unsubscribe()
  }

  stop(): void {
    this.ended = true
    this.waker.wake()
  }

  // What the server says of this user, it need not be told.
  private learn(state: State, action: Action): void {
    if (action.type === 'marks' && action.user === state.user) this.grow(action.room, action.received, action.read)
    if (action.type === 'synced') {
      for (const { room } of action.rooms) {
        const me = room.members.find(member => member.user === state.user)
        this.grow(room.id, me?.received ?? 0, me?.read ?? 0)
      }
    }
  }

  private due(state: State): { room: string; received: number; read: number }[] {
    return Object.values(state.rooms).flatMap(room => {
      const told = this.told.get(room.id) ?? { received: 0, read: 0 }
      const now = { room: room.id, received: room.transcript.position, read: Math.min(readUpTo(state, room), room.transcript.position) }
      return now.received > told.received || now.read > told.read ? [now] : []
    })
  }

  private async tell(): Promise<boolean> {
    let isAll = true
    for (const { room, received, read } of this.due(this.store.state)) {
      try {
        await this.api.mark(room, { received, read })
        this.grow(room, received, read)
      } catch (failure) {
        // Who is not in the room any more has nothing to tell there.
        if (failure instanceof Refusal) this.grow(room, received, read)
        else isAll = false
      }
    }

    return isAll
  }

  private grow(room: string, received: number, read: number): void {
    const before = this.told.get(room) ?? { received: 0, read: 0 }
    this.told.set(room, { received: Math.max(before.received, received), read: Math.max(before.read, read) })
  }
}

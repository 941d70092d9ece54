import type { Outgoing } from '../state/state'
import type { Store } from '../state/store'
import { Refusal, type Api } from './api'
import { pauseAfter } from './backoff'
import { Waker, type Clock } from './clock'

/** Runs something in the place of a tab of the browser that is gone. Answers whether it ran: not while that tab lives, or yet another one is at it. */
export type InPlaceOf = (tab: string | undefined, run: () => Promise<void>) => Promise<boolean>

const longest = 10_000

// What another tab sends is looked at again, for tabs die.
const elsewhere = 2_000

/**
 * Sends what waits, in the order in which it was written, until the server has acknowledged or refused it. What another tab wrote is left to that tab while it lives. Each message has a name of its own, so sending it twice is no
 * harm.
 */
export class Outbox {
  private readonly waker: Waker
  private ended = false

  constructor(
    private readonly api: Api,
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly tab: string,
    private readonly inPlaceOf: InPlaceOf,
  ) {
    this.waker = new Waker(clock)
  }

  async run(): Promise<void> {
    const unsubscribe = this.store.subscribe((state, action) => {
      if (action.type === 'composed' || action.type === 'retried' || action.type === 'connected') this.waker.wake()
      if (state.connection.phase === 'waiting' && action.type === 'disconnected' && action.retryAt === null) this.waker.wake()
    })
    for (let failures = 0; !this.ended; ) {
      const waiting = this.waiting()
      const outcome = await this.first(waiting)
      failures = outcome === 'failed' ? failures + 1 : 0
      if (outcome === 'failed') await this.waker.wait(pauseAfter(failures, this.clock.random(), 500, longest))
      else if (outcome === 'left') await this.waker.wait(waiting.length === 0 ? Infinity : elsewhere)
    }

    unsubscribe()
  }

  stop(): void {
    this.ended = true
    this.waker.wake()
  }

  private waiting(): Outgoing[] {
    const { connection, outbox } = this.store.state
    return connection.phase === 'waiting' && connection.retryAt === null ? [] : outbox.filter(one => one.refused === undefined)
  }

  // Sends the first that is not left to another tab.
  private async first(waiting: Outgoing[]): Promise<'settled' | 'failed' | 'left'> {
    for (const one of waiting) {
      let isSettled = false
      const send = async (): Promise<void> => {
        isSettled = await this.sent(one)
      }
      if (one.tab === this.tab) await send()
      else if (!(await this.inPlaceOf(one.tab, send))) continue
      return isSettled ? 'settled' : 'failed'
    }

    return 'left'
  }

  private async sent({ room, clientId, text, replyTo, edit, delete: deleted }: Outgoing): Promise<boolean> {
    // Meanwhile another tab may have sent it.
    if (!this.store.state.outbox.some(one => one.clientId === clientId)) return true
    try {
      const event = await this.api.send(room, clientId, { text, replyTo, edit, delete: deleted })
      this.store.dispatch({ type: 'accepted', room, event })
      return true
    } catch (failure) {
      if (!(failure instanceof Refusal) || failure.status === 401) return false
      const isDone = deleted !== undefined && failure.kind === 'message-deleted'
      this.store.dispatch(isDone ? { type: 'dropped', clientId } : { type: 'refused', clientId, why: failure.kind })
      return true
    }
  }
}

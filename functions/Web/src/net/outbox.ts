import type { Outgoing } from '../state/state'
import type { Store } from '../state/store'
import { Refusal, type Api } from './api'
import { pauseAfter } from './backoff'
import { Waker, type Clock } from './clock'

/** Runs something unless another tab of the browser is at it. Answers whether it ran. */
export type Alone = (name: string, run: () => Promise<void>) => Promise<boolean>

const longest = 10_000

// Another tab sends it; if that tab dies, this one does.
const elsewhere = 2_000

/**
 * Sends what waits, in the order in which it was written, until the server has acknowledged or refused it. Each message has a name of its own, so sending it twice is no harm.
 */
export class Outbox {
  private readonly waker: Waker
  private ended = false

  constructor(private readonly api: Api, private readonly store: Store, private readonly clock: Clock, private readonly alone: Alone) {
    this.waker = new Waker(clock)
  }

  async run(): Promise<void> {
    const unsubscribe = this.store.subscribe((state, action) => {
      if (action.type === 'composed' || action.type === 'retried' || action.type === 'connected') this.waker.wake()
      if (state.connection.phase === 'waiting' && action.type === 'disconnected' && action.retryAt === null) this.waker.wake()
    })
    for (let failures = 0; !this.ended; ) {
      const next = this.next()
      if (!next) {
        await this.waker.wait(Infinity)
        continue
      }

      let failed = false
      const ran = await this.alone(next.clientId, async () => {
        failed = !(await this.sent(next))
      })
      failures = failed ? failures + 1 : 0
      if (failed) await this.waker.wait(pauseAfter(failures, this.clock.random(), 500, longest))
      else if (!ran) await this.waker.wait(elsewhere)
    }

    unsubscribe()
  }

  stop(): void {
    this.ended = true
    this.waker.wake()
  }

  private next(): Outgoing | undefined {
    const { connection, outbox } = this.store.state
    return connection.phase === 'waiting' && connection.retryAt === null ? undefined : outbox.find(one => one.refused === undefined)
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

import { blockOf, blockSize } from '../state/selectors'
import type { Store } from '../state/store'
import type { Api } from './api'
import type { RoomEvent } from './wire'

// At most.
const page = 100

/** What was said before what is loaded, fetched page by page: one at a time for each room, and whoever asks meanwhile has the same answer. */
export class History {
  private readonly loading = new Map<string, Promise<boolean>>()

  constructor(private readonly api: Api, private readonly store: Store) {}

  /** Fetches a page. Answers whether more is there now. */
  older(id: string): Promise<boolean> {
    const running = this.loading.get(id)
    if (running) return running
    const load = this.load(id).finally(() => this.loading.delete(id))
    this.loading.set(id, load)
    return load
  }

  /** Fetches until an event is there, or it fails. */
  async back(id: string, seq: number): Promise<void> {
    const isMissing = () => {
      const room = this.store.state.rooms[id]
      return room !== undefined && seq >= room.since && seq < room.transcript.from
    }
    while (isMissing() && (await this.older(id)));
  }

  private async load(id: string): Promise<boolean> {
    const from = () => this.store.state.rooms[id]?.transcript.from ?? 0
    const [before, since] = [from(), this.store.state.rooms[id]?.since ?? 0]
    if (before <= since) return false
    this.store.dispatch({ type: 'older', room: id, now: 'loading' })
    const answer = await this.api.history(id, before, toWholeBlocks(before)).catch(() => undefined)
    if (answer) await this.take(id, answer.events)
    if (from() < before) return true
    this.store.dispatch({ type: 'older', room: id, now: 'failed' })
    return false
  }

  // Block by block, the latest first: what was taken is drawn before the next.
  private async take(room: string, events: readonly RoomEvent[]): Promise<void> {
    for (let end = events.length, more = true; more;) {
      const begin = Math.max(0, events.findIndex(one => blockOf(one.seq) === blockOf(events[end - 1]!.seq)))
      more = begin > 0
      this.store.dispatch({ type: 'history', room, events: events.slice(begin, end), more })
      end = begin
      if (more) await new Promise(resolve => setTimeout(resolve))
    }
  }
}

// To where a block begins, so that none is drawn twice.
function toWholeBlocks(before: number): number {
  return page - blockSize + (before % blockSize || blockSize)
}

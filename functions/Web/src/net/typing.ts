import type { Api } from './api'
import type { Clock } from './clock'

const repeatAfter = 10_000
const endsAfter = 5_000

/** Tells the others that the user is writing: again every 10 s, and that it is over after 5 s without a key. */
export class Typing {
  private room: string | undefined
  private toldAt = 0
  private ending = new AbortController()

  constructor(private readonly api: Api, private readonly clock: Clock) {}

  /** A key was pressed. */
  writes(room: string): void {
    if (this.room !== undefined && this.room !== room) this.stops()
    if (this.room === undefined || this.clock.now() - this.toldAt >= repeatAfter) this.tell(room, true)
    this.ending.abort()
    const ending = (this.ending = new AbortController())
    void this.clock.sleep(endsAfter, ending.signal).then(() => ending.signal.aborted || this.stops())
  }

  /** What was written is sent: that tells it. */
  ended(room: string): void {
    if (this.room !== room) return
    this.ending.abort()
    this.room = undefined
  }

  stops(): void {
    this.ending.abort()
    if (this.room !== undefined) this.tell(this.room, false)
  }

  // A hint: lost, it is not missed.
  private tell(room: string, typing: boolean): void {
    this.room = typing ? room : undefined
    this.toldAt = this.clock.now()
    void this.api.typing(room, typing).catch(() => undefined)
  }
}

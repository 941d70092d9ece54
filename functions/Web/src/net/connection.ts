import { needsSync } from '../state/selectors'
import type { Store } from '../state/store'
import { isSignedOut, Refusal, type Api } from './api'
import { pauseAfter } from './backoff'
import { Waker, type Clock } from './clock'
import type { Connect, Hub } from './hub'
import { actionOf } from './pushes'
import type { Push } from './wire'

/** What the browser says of the device. */
export interface Surroundings {
  isOnline(): boolean
  /** Looked at, and used not long ago. */
  isInUse(): boolean
}

const beatEvery = 60_000

// What is missing may be on its way.
const gapPatience = 300

/**
 * Keeps the device connected and up to date: connects, says that it is there, syncs; then a heartbeat a minute, and one sync whenever something is missing. After a failure it waits with full jitter and begins anew.
 */
export class Connection {
  // What wakes one who is connected must not shorten a pause: our own end of a broken connection does.
  private readonly waker: Waker
  private pausing: Waker | undefined
  private ended = false
  private isUp = false
  private beatDue = 0
  private syncDue = Infinity
  private vainSyncs = 0

  // Somebody joined or left while a sync was on its way: its answer may be older.
  private isOvertaken = false
  private region: string | undefined

  // As the server knows it: what differs is to be told, or to be learnt.
  private isInvisible: boolean

  constructor(
    private readonly api: Api,
    private readonly store: Store,
    private readonly connect: Connect,
    private readonly clock: Clock,
    private readonly around: Surroundings,
    readonly device: string,
  ) {
    this.waker = new Waker(clock)
    this.isInvisible = store.state.settings.invisible
  }

  async run(): Promise<void> {
    const unsubscribe = this.store.subscribe(state => {
      if (this.syncDue < Infinity || !needsSync(state)) return
      this.syncDue = this.clock.now() + gapPatience
      this.waker.wake()
    })
    for (let failures = 0; !this.ended; failures++) {
      this.store.dispatch({ type: 'connecting' })
      if (await this.connected()) failures = 0
      if (!this.ended) await this.pause(failures)
    }

    unsubscribe()
  }

  /** Connects at once, if it waits. */
  retry = (): void => this.pausing?.wake()

  /** The network is gone: there is no need to wait for the connection to notice. */
  lost = (): void => {
    this.closed()
    this.retry()
  }

  /** What others are to see has changed: a heartbeat is due. */
  changed = (): void => {
    this.beatDue = 0
    this.waker.wake()
  }

  async stop(): Promise<void> {
    this.ended = true
    this.lost()
    await this.api.leave(this.device).catch(() => undefined)
  }

  private end(): void {
    this.ended = true
    this.store.dispatch({ type: 'ended' })
  }

  // Whether it came up at all.
  private async connected(): Promise<boolean> {
    let hub: Hub | undefined
    let cameUp = false
    try {
      if (!this.around.isOnline()) return false
      const address = await this.api.negotiate()
      this.region = address.region
      this.isUp = true
      hub = this.connect(address, this.heard, this.closed)
      await hub.start()
      await this.beat(true)
      await this.sync()
      cameUp = this.isUp
      if (cameUp) this.store.dispatch({ type: 'connected' })
      while (this.isUp && !this.ended) await this.stay()
    } catch (failure) {
      console.debug('not connected', failure)
      if (isSignedOut(failure)) this.end()
    }

    this.isUp = false
    await hub?.stop().catch(() => undefined)
    return cameUp
  }

  private async pause(failures: number): Promise<void> {
    const isOnline = this.around.isOnline()
    const pause = pauseAfter(failures, this.clock.random())
    this.store.dispatch({ type: 'disconnected', retryAt: isOnline ? this.clock.now() + pause : null })
    this.pausing = new Waker(this.clock)
    await this.pausing.wait(isOnline ? pause : beatEvery)
    this.pausing = undefined
  }

  private readonly closed = (): void => {
    this.isUp = false
    this.waker.wake()
  }

  private async stay(): Promise<void> {
    const now = this.clock.now()
    if (now >= this.beatDue) return this.beat(false).catch(this.again)
    if (now < this.syncDue) return this.waker.wait(Math.min(this.beatDue, this.syncDue) - now)
    await this.sync().catch(() => this.syncAgain(true))
  }

  // The connection tells when it is lost; a heartbeat that fails beside it is sent again soon.
  private readonly again = (failure: unknown): void => {
    if (isSignedOut(failure)) throw failure
    this.beatDue = this.clock.now() + 5_000
  }

  private async beat(connected: boolean): Promise<void> {
    this.beatDue = this.clock.now() + beatEvery
    const { settings, view } = this.store.state
    const status = this.around.isInUse() ? 'auto' : 'away'
    const wished = settings.invisible === this.isInvisible ? undefined : settings.invisible
    const { heads, invisible } = await this.api.beat({ device: this.device, status, invisible: wished, looking: view.room ? [view.room] : [], connected, region: this.region })
    this.isInvisible = invisible

    // Another device wished it; unless it was set here meanwhile, which the next heartbeat tells.
    const isAsBefore = this.store.state.settings.invisible === settings.invisible
    if (isAsBefore && invisible !== settings.invisible) this.store.dispatch({ type: 'settings', settings: { invisible } })
    this.store.dispatch({ type: 'heads', heads })
  }

  private async sync(): Promise<void> {
    const { rooms, strange } = this.store.state
    this.isOvertaken = false
    const positions = Object.fromEntries(Object.values(rooms).map(room => [room.id, room.transcript.position]))
    const answer = await this.api.sync(positions).catch(async failure => {
      if (failure instanceof Refusal && failure.status === 400) return { ...(await this.api.sync({})), anew: true }
      throw failure
    })
    this.store.dispatch({ type: 'synced', ...answer, asked: strange })
    this.syncAgain(this.isOvertaken || needsSync(this.store.state))
  }

  // A sync that did not help is no reason to ask without end.
  private syncAgain(isBehind: boolean): void {
    this.vainSyncs = isBehind ? this.vainSyncs + 1 : 0
    this.syncDue = isBehind ? this.clock.now() + gapPatience + pauseAfter(this.vainSyncs, this.clock.random()) : Infinity
  }

  private readonly heard = (push: Push): void => {
    if (push.type === 'membership') this.isOvertaken = true
    const action = actionOf(push, this.clock.now())
    if (action) this.store.dispatch(action)
  }
}

/** Time and chance, so that tests decide them. */
export interface Clock {
  now(): number
  /** Ends after so many milliseconds, or when the signal is given. Never fails. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>
  random(): number
}

export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (milliseconds, signal) =>
    new Promise(resolve => {
      if (signal.aborted) return resolve()
      const ended = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', ended)
        resolve()
      }
      const timer = setTimeout(ended, Math.min(milliseconds, 2 ** 31 - 1))
      signal.addEventListener('abort', ended)
    }),
}

/** Something that waits for a time, and can be woken before. What wakes while nobody waits is not lost. */
export class Waker {
  private woken = false
  private waiting: AbortController | undefined

  constructor(private readonly clock: Clock) {}

  wake = (): void => {
    this.woken = true
    this.waiting?.abort()
  }

  async wait(milliseconds: number): Promise<void> {
    if (!this.woken) {
      this.waiting = new AbortController()
      await this.clock.sleep(milliseconds, this.waiting.signal)
      this.waiting = undefined
    }

    this.woken = false
  }
}

import type { InPlaceOf } from './outbox'

/** This tab among the browser's tabs: it holds a lock of its own for as long as it lives, so the others can tell. */
export class Tab {
  readonly id = crypto.randomUUID().slice(0, 13)
  private readonly closing = new AbortController()

  /** Until closed, or the page is gone. */
  open(): void {
    const closed = new Promise<void>(done => this.closing.signal.addEventListener('abort', () => done()))
    void navigator.locks.request(nameOf(this.id), () => closed)
  }

  close(): void {
    this.closing.abort()
  }

  readonly inPlaceOf: InPlaceOf = async (tab, run) => {
    let ran = false
    await navigator.locks.request(nameOf(tab), { ifAvailable: true }, async lock => {
      if (!lock) return
      ran = true
      await run()
    })
    return ran
  }
}

const nameOf = (tab: string | undefined): string => `serverless.tab.${tab}`

import type { InPlaceOf } from './outbox'

/** This tab among the browser's tabs: it holds a lock of its own for as long as it lives, so the others can tell. */
export class Tab {
  readonly id = crypto.randomUUID().slice(0, 13)
  private readonly closing = new AbortController()
  private leaving = new AbortController()

  /** Until closed, or the page is gone. */
  open(): void {
    const closed = new Promise<void>(done => this.closing.signal.addEventListener('abort', () => done()))
    void navigator.locks.request(nameOf(this.id), () => closed)
  }

  close(): void {
    this.closing.abort()
    this.leaving.abort()
  }

  /** Tells the others whether somebody looks at this one. */
  inSight(isInSight: boolean): void {
    this.leaving.abort()
    this.leaving = new AbortController()
    const left = new Promise<void>(done => this.leaving.signal.addEventListener('abort', () => done()))
    if (isInSight) void navigator.locks.request(looked, { mode: 'shared' }, () => left)
  }

  /** Whether somebody looks at this tab or another one. */
  readonly isAnyInSight = async (): Promise<boolean> => ((await navigator.locks.query()).held ?? []).some(lock => lock.name === looked)

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

const looked = 'serverless.looked-at'
const nameOf = (tab: string | undefined): string => `serverless.tab.${tab}`

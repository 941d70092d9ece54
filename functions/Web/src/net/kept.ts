import type { Outgoing, Settings } from '../state/state'

const root = 'serverless'

/** What this browser keeps for a user: what is not sent yet, drafts and settings. Each message lies under its own name, so tabs do not overwrite each other's. */
export class Kept {
  private readonly outbox: string
  private readonly drafts: string

  constructor(private readonly storage: Storage, user: string) {
    this.outbox = `${root}.outbox.${encodeURIComponent(user)}.`
    this.drafts = `${root}.drafts.${encodeURIComponent(user)}`
  }

  /** In the order in which they were written: their names begin with the time. */
  loadOutbox(): Outgoing[] {
    const names = Object.keys(this.storage).filter(name => name.startsWith(this.outbox))
    return names.sort().flatMap(name => parsed<Outgoing>(this.storage.getItem(name)) ?? [])
  }

  saveOutgoing(one: Outgoing): void {
    write(this.storage, this.outbox + one.clientId, one)
  }

  dropOutgoing(clientId: string): void {
    this.storage.removeItem(this.outbox + clientId)
  }

  /** What another tab changed. */
  outgoingOf(event: StorageEvent): { clientId: string; outgoing?: Outgoing } | undefined {
    if (!event.key?.startsWith(this.outbox)) return undefined
    return { clientId: event.key.slice(this.outbox.length), outgoing: parsed<Outgoing>(event.newValue) }
  }

  loadDrafts(): Record<string, string> {
    return parsed<Record<string, string>>(this.storage.getItem(this.drafts)) ?? {}
  }

  saveDrafts(drafts: Readonly<Record<string, string>>): void {
    write(this.storage, this.drafts, Object.fromEntries(Object.entries(drafts).filter(([, text]) => text !== '')))
  }
}

/** Settings are those of the browser: the sign-in page has them, too. */
export function loadSettings(storage: Storage, languages: readonly string[]): Settings {
  const language = languages[0]?.toLowerCase().startsWith('ko') ? 'ko' : 'en'
  return { language, theme: 'system', invisible: false, notify: 'undecided', ...parsed<Settings>(storage.getItem(`${root}.settings`)) }
}

export function saveSettings(storage: Storage, settings: Settings): void {
  write(storage, `${root}.settings`, settings)
}

// A full store must not stop anybody from talking.
function write(storage: Storage, name: string, value: unknown): void {
  try {
    storage.setItem(name, JSON.stringify(value))
  } catch {
    console.warn(`${name} could not be kept`)
  }
}

function parsed<T>(text: string | null): T | undefined {
  try {
    return text === null ? undefined : (JSON.parse(text) as T)
  } catch {
    return undefined
  }
}

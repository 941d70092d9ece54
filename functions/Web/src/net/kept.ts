import type { Outgoing, Settings } from '../state/state'

const root = 'serverless'
const settingsName = `${root}.settings`

/** What this browser keeps for a user: what is not sent yet, drafts and settings. Each message and each draft lies under a name of its own, so tabs do not overwrite each other's. */
export class Kept {
  private readonly outbox: string
  private readonly drafts: string

  constructor(private readonly storage: Storage, user: string) {
    this.outbox = `${root}.outbox.${encodeURIComponent(user)}.`
    this.drafts = `${root}.draft.${encodeURIComponent(user)}.`
  }

  /** In the order in which they were written: their names begin with the time. */
  loadOutbox(): Outgoing[] {
    return this.named(this.outbox).flatMap(name => parsed<Outgoing>(this.storage.getItem(name)) ?? [])
  }

  saveOutgoing(one: Outgoing): void {
    write(this.storage, this.outbox + one.clientId, one)
  }

  dropOutgoing(clientId: string): void {
    this.storage.removeItem(this.outbox + clientId)
  }

  /** What another tab changed, as it is now: of two tabs that change it at once, both see the last. */
  outgoingOf(event: Pick<StorageEvent, 'key'>): { clientId: string; outgoing?: Outgoing } | undefined {
    if (!event.key?.startsWith(this.outbox)) return undefined
    return { clientId: event.key.slice(this.outbox.length), outgoing: parsed<Outgoing>(this.storage.getItem(event.key)) }
  }

  loadDrafts(): Record<string, string> {
    return Object.fromEntries(this.named(this.drafts).map(name => [name.slice(this.drafts.length), parsed<string>(this.storage.getItem(name)) ?? '']))
  }

  saveDraft(room: string, text: string): void {
    if (text === '') this.storage.removeItem(this.drafts + room)
    else write(this.storage, this.drafts + room, text)
  }

  private named(begin: string): string[] {
    return Object.keys(this.storage).filter(name => name.startsWith(begin)).sort()
  }
}

/** Settings are those of the browser: the sign-in page has them, too. */
export function loadSettings(storage: Storage, languages: readonly string[]): Settings {
  const language = languages[0]?.toLowerCase().startsWith('ko') ? 'ko' : 'en'
  return { language, theme: 'system', invisible: false, notify: 'undecided', ...parsed<Settings>(storage.getItem(settingsName)) }
}

export function saveSettings(storage: Storage, settings: Settings): void {
  write(storage, settingsName, settings)
}

/** Whether another tab changed them. */
export function areSettings(event: Pick<StorageEvent, 'key'>): boolean {
  return event.key === settingsName
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

import { Refusal, Unreachable, type Identity } from '../net/api'

const name = 'serverless.user'

// Asked for anew when less than this is left of a token.
const margin = 5 * 60_000

/** The local cloud believes whoever says a name. It exists on a developer's machine only. */
export class LocalIdentity implements Identity {
  private known: { token: string; until: number } | undefined

  private constructor(private readonly root: string, private readonly storage: Storage, readonly user: string) {}

  /** Who signed in here before. */
  static remembered(root: string, storage: Storage): LocalIdentity | undefined {
    const user = storage.getItem(name)
    return user ? new LocalIdentity(root, storage, user) : undefined
  }

  static async signIn(root: string, storage: Storage, user: string): Promise<LocalIdentity> {
    const identity = new LocalIdentity(root, storage, user)
    await identity.token()
    storage.setItem(name, user)
    return identity
  }

  async token(refused?: string): Promise<string> {
    if (!this.known || this.known.token === refused || this.known.until - margin < Date.now()) {
      const answer = await fetch(`${this.root}/dev/token`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ user: this.user, roles: [] }) })
      if (answer.status === 400) throw new Refusal(400, 'bad-token-request', await answer.text())
      if (!answer.ok) throw new Unreachable(`${answer.status}`)
      const { accessToken, expiresIn } = (await answer.json()) as { accessToken: string; expiresIn: number }
      this.known = { token: accessToken, until: Date.now() + expiresIn * 1000 }
    }

    return this.known.token
  }

  async signOut(): Promise<void> {
    this.storage.removeItem(name)
  }

  isEndedBy(event: StorageEvent): boolean {
    return event.key === name && event.newValue !== this.user
  }
}

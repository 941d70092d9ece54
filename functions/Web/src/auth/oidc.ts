import { ErrorResponse, UserManager, WebStorageStateStore, type User } from 'oidc-client-ts'
import { Refusal, signedOut, type Identity } from '../net/api'
import type { OidcConfig } from './config'

// Refusals of the provider that are not for good.
const forNow = new Set(['temporarily_unavailable', 'server_error'])

/** Sign-in at an OpenID provider: authorization code flow with PKCE (RFC 7636). Loaded only where it is used. */
export class OidcIdentity implements Identity {
  private constructor(private readonly manager: UserManager, readonly user: string, readonly name: string | undefined) {}

  /** Who signed in here before, or comes back from the provider just now; null: nobody yet. */
  static async remembered(config: OidcConfig): Promise<OidcIdentity | null> {
    const manager = managerOf(config)
    const query = new URLSearchParams(location.search)
    if (query.has('state') && (query.has('code') || query.has('error'))) {
      // The code is good once: it must not stand there at a reload.
      try {
        await manager.signinRedirectCallback()
      } finally {
        history.replaceState(null, '', '/')
      }
    }

    const user = await manager.getUser()
    return user && (!user.expired || user.refresh_token) ? new OidcIdentity(manager, user.profile.sub, user.profile.name) : null
  }

  /** Leaves the page for the provider's. */
  static async signIn(config: OidcConfig): Promise<void> {
    await managerOf(config).signinRedirect()
  }

  async token(refused?: string): Promise<string> {
    const user = await this.manager.getUser()
    if (isGood(user, refused)) return user.access_token

    // A refresh token may be good once: of all tabs one uses it, and the others find what it got.
    return navigator.locks.request('serverless.token', async () => {
      const now = await this.manager.getUser()
      return isGood(now, refused) ? now.access_token : await this.renewed(now)
    })
  }

  async signOut(): Promise<void> {
    await this.manager.removeUser()
  }

  isEndedBy(event: StorageEvent): boolean {
    return event.key === `oidc.user:${this.manager.settings.authority}:${this.manager.settings.client_id}` && event.newValue === null
  }

  // Without a refresh token it would take a frame of the provider's, which the page does not allow.
  private async renewed(user: User | null): Promise<string> {
    try {
      const renewed = user?.refresh_token ? await this.manager.signinSilent() : null
      if (renewed) return renewed.access_token
    } catch (failure) {
      if (!(failure instanceof ErrorResponse) || forNow.has(failure.error ?? '')) throw failure
    }

    await this.manager.removeUser()
    throw new Refusal(401, signedOut, 'The sign-in has ended.')
  }
}

function isGood(user: User | null, refused: string | undefined): user is User {
  return user !== null && !user.expired && user.access_token !== refused
}

function managerOf(config: OidcConfig): UserManager {
  return new UserManager({
    authority: config.authority,
    client_id: config.clientId,
    scope: config.scope,
    redirect_uri: `${location.origin}/`,
    response_type: 'code',
    automaticSilentRenew: false,
    userStore: new WebStorageStateStore({ store: localStorage }),
    stateStore: new WebStorageStateStore({ store: sessionStorage }),
  })
}

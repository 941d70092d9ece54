import { UserManager, WebStorageStateStore, type User } from 'oidc-client-ts'
import type { Identity } from '../net/api'
import type { OidcConfig } from './config'

/** Sign-in at an OpenID provider: authorization code flow with PKCE (RFC 7636). Loaded only where it is used. */
export class OidcIdentity implements Identity {
  private constructor(private readonly manager: UserManager, readonly user: string) {}

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
    return user && (!user.expired || user.refresh_token) ? new OidcIdentity(manager, user.profile.sub) : null
  }

  /** Leaves the page for the provider's. */
  static async signIn(config: OidcConfig): Promise<void> {
    await managerOf(config).signinRedirect()
  }

  async token(refused = false): Promise<string> {
    let user: User | null = await this.manager.getUser()
    if (refused || !user || user.expired) user = await this.manager.signinSilent()
    if (!user) throw new Error('The sign-in has ended.')
    return user.access_token
  }

  async signOut(): Promise<void> {
    await this.manager.removeUser()
  }
}

function managerOf(config: OidcConfig): UserManager {
  return new UserManager({
    authority: config.authority,
    client_id: config.clientId,
    scope: config.scope,
    redirect_uri: `${location.origin}/`,
    response_type: 'code',
    userStore: new WebStorageStateStore({ store: localStorage }),
    stateStore: new WebStorageStateStore({ store: sessionStorage }),
  })
}

/** How this page is set up where it is served: /config.json. */
export interface Config {
  /** Where the API is, without a slash at the end. */
  api: string
  signIn: { kind: 'local' } | OidcConfig
}

export interface OidcConfig {
  kind: 'oidc'
  /** The issuer; its /.well-known/openid-configuration tells the rest. */
  authority: string
  clientId: string
  /** With what the API wants of a token, such as "openid profile offline_access api://chat/use". */
  scope: string
}

export async function loadConfig(): Promise<Config> {
  const answer = await fetch('/config.json', { cache: 'no-cache' })
  if (!answer.ok) throw new Error(`/config.json: ${answer.status}`)
  return (await answer.json()) as Config
}

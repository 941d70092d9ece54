import { useEffect, useErrorBoundary, useState } from 'preact/hooks'
import { loadConfig, type Config } from '../auth/config'
import { LocalIdentity } from '../auth/local'
import { Api, type Identity } from '../net/api'
import { loadSettings } from '../net/kept'
import { Session } from '../net/session'
import { wordsOf } from '../words'
import { ChatPage } from './ChatPage'
import { SignIn } from './SignIn'

type Entry = { at: 'loading' } | { at: 'failed' } | { at: 'door'; config: Config; why?: 'failed' | 'ended' } | { at: 'inside'; session: Session }

/** The page: the door, and behind it the chat. */
export function App() {
  const [entry, setEntry] = useState<Entry>({ at: 'loading' })
  const [crash] = useErrorBoundary(failure => console.error(failure))
  const settings = loadSettings(localStorage, navigator.languages)
  const words = wordsOf(settings.language)

  const enter = (config: Config, identity: Identity) => {
    const session = new Session(new Api(config.api, identity), identity, loadSettings(localStorage, navigator.languages))
    session.store.subscribe(({ connection }, _, before) => {
      if (connection.phase !== 'ended' || before.connection.phase === 'ended') return
      void session.stop()
      setEntry({ at: 'door', config, why: 'ended' })
    })
    session.start()
    setEntry({ at: 'inside', session })
  }

  useEffect(() => {
    document.documentElement.lang = settings.language
    document.documentElement.dataset['theme'] = settings.theme
    void loadConfig().then(
      async config => {
        try {
          const identity = await rememberedIn(config)
          if (identity) enter(config, identity)
          else setEntry({ at: 'door', config })
        } catch (failure) {
          console.warn(failure)
          setEntry({ at: 'door', config, why: 'failed' })
        }
      },
      () => setEntry({ at: 'failed' }),
    )
  }, [])

  if (crash || entry.at === 'failed') {
    return (
      <main class="door">
        <div class="door__card" role="alert">
          <h1>{crash ? words.crash.heading : words.trouble['unreachable']}</h1>
          {crash ? <p>{words.crash.lead}</p> : null}
          <button class="button button--main" onClick={() => location.reload()}>{words.crash.reload}</button>
        </div>
      </main>
    )
  }

  switch (entry.at) {
    case 'inside':
      return <ChatPage session={entry.session} />
    case 'door':
      return <SignIn config={entry.config} why={entry.why} onEnter={identity => enter(entry.config, identity)} />
    case 'loading':
      return <main class="door" aria-busy="true"><p class="visually-hidden">{words.loading}</p></main>
  }
}

async function rememberedIn(config: Config): Promise<Identity | null> {
  if (config.signIn.kind === 'local') return LocalIdentity.remembered(config.api, localStorage) ?? null
  const { OidcIdentity } = await import('../auth/oidc')
  return OidcIdentity.remembered(config.signIn)
}

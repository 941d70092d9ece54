import { useState } from 'preact/hooks'
import type { Config } from '../auth/config'
import { LocalIdentity } from '../auth/local'
import { Refusal, type Identity } from '../net/api'
import { loadSettings, saveSettings } from '../net/kept'
import type { Language } from '../state/state'
import { wordsOf } from '../words'

/** The door: a name in the local cloud, the provider's sign-in everywhere else. */
export function SignIn({ config, why, onEnter }: { config: Config; why: 'failed' | 'ended' | undefined; onEnter: (identity: Identity) => void }) {
  const [settings, setSettings] = useState(() => loadSettings(localStorage, navigator.languages))
  const [user, setUser] = useState('')
  const [isBusy, setBusy] = useState(false)
  const words = wordsOf(settings.language)
  const [trouble, setTrouble] = useState<'refused' | 'failed' | 'ended' | undefined>(why)
  const { signIn } = config

  const speak = (language: Language) => {
    const now = { ...settings, language }
    saveSettings(localStorage, now)
    document.documentElement.lang = language
    setSettings(now)
  }

  const enter = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setTrouble(undefined)
    try {
      if (signIn.kind === 'oidc') await (await import('../auth/oidc')).OidcIdentity.signIn(signIn)
      else onEnter(await LocalIdentity.signIn(config.api, localStorage, user.trim()))
    } catch (failure) {
      console.warn(failure)
      setBusy(false)
      setTrouble(failure instanceof Refusal ? 'refused' : 'failed')
    }
  }

  return (
    <main class="door">
      <form class="door__card" onSubmit={event => void enter(event)}>
        <img class="door__mark" src="/icon.svg" alt="" width="56" height="56" />
        <h1>{words.title}</h1>
        <p class="door__lead">{words.signIn.lead}</p>
        {signIn.kind === 'local' && (
          <label class="field">
            <span class="field__label">{words.signIn.name}</span>
            <input class="input" name="user" value={user} maxLength={128} required autofocus autocomplete="username" autocapitalize="none" spellcheck={false} onInput={event => setUser(event.currentTarget.value)} />
          </label>
        )}
        {trouble && <p class="trouble" role="alert">{trouble === 'failed' && signIn.kind === 'local' ? words.signIn.unreachable : words.signIn[trouble]}</p>}
        <button class="button button--main button--wide" disabled={isBusy || (signIn.kind === 'local' && user.trim() === '')}>
          {signIn.kind === 'local' ? words.signIn.go : words.signIn.oidc}
        </button>
        {signIn.kind === 'local' && <p class="hint">{words.signIn.hint}</p>}
        <div class="door__languages">
          {(['ko', 'en'] as const).map(language => (
            <button type="button" class="link" lang={language} aria-pressed={settings.language === language} onClick={() => speak(language)}>
              {language === 'ko' ? '한국어' : 'English'}
            </button>
          ))}
        </div>
      </form>
    </main>
  )
}

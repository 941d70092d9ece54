import { useState } from 'preact/hooks'
import { nameOf } from '../../state/selectors'
import type { Language, Settings, Theme } from '../../state/state'
import { troubleIn } from '../../words'
import { useChat } from '../chat'
import { Dialog } from '../parts/Dialog'

export function SettingsDialog() {
  const { session, state, words } = useChat()
  const { settings, user } = state
  const [name, setName] = useState(nameOf(state, user))
  const [isSaved, setSaved] = useState(false)
  const close = () => session.store.dispatch({ type: 'viewed', view: { dialog: undefined } })
  const change = (now: Partial<Settings>) => session.store.dispatch({ type: 'settings', settings: now })
  const isDenied = !('Notification' in window) || Notification.permission === 'denied'

  const save = async (event: Event) => {
    event.preventDefault()
    const saved = await session.attempt(async api => {
      // All is set at once: what is not changed here is sent as it was.
      const { colour, picture } = await api.profile(user)
      await api.setProfile({ name: name.trim(), locale: settings.language, colour, picture })
      return true
    })
    if (!saved) return
    session.store.dispatch({ type: 'people', people: [{ user, name: name.trim() }] })
    setSaved(true)
  }
  const notify = async (wanted: boolean) => {
    const granted = wanted && (await Notification.requestPermission()) === 'granted'
    change({ notify: granted ? 'on' : 'off' })
  }
  const leave = async () => {
    await session.signOut()
    location.assign('/')
  }

  return (
    <Dialog heading={words.settings.heading} close={words.people.close} onClose={close}>
      <form class="row-form" onSubmit={event => void save(event)}>
        <label class="field">
          <span class="field__label">{words.settings.name}</span>
          <input class="input" value={name} maxLength={64} autocomplete="nickname" onInput={event => { setName(event.currentTarget.value); setSaved(false) }} />
        </label>
        <button class="button" disabled={name.trim() === '' || name.trim() === nameOf(state, user)}>{isSaved ? words.settings.saved : words.settings.save}</button>
      </form>
      {state.trouble && <p class="trouble" role="alert">{troubleIn(words, state.trouble)}</p>}
      <Choice<Language> legend={words.settings.language} name="language" value={settings.language} options={{ ko: '한국어', en: 'English' }} onChoose={language => change({ language })} />
      <Choice<Theme> legend={words.settings.theme} name="theme" value={settings.theme} options={words.settings.themes} onChoose={theme => change({ theme })} />
      <Switch label={words.settings.invisible} hint={words.settings.invisibleHint} isOn={settings.invisible} onChange={invisible => change({ invisible })} />
      <Switch label={words.settings.notify} hint={isDenied ? words.settings.notifyDenied : words.settings.notifyHint} isOn={settings.notify === 'on'} isDisabled={isDenied} onChange={wanted => void notify(wanted)} />
      <footer class="dialog__foot">
        <span class="hint">{words.settings.signedInAs(user)}</span>
        <button type="button" class="button button--danger" onClick={() => void leave()}>{words.settings.signOut}</button>
      </footer>
    </Dialog>
  )
}

function Choice<T extends string>({ legend, name, value, options, onChoose }: { legend: string; name: string; value: T; options: Record<T, string>; onChoose: (value: T) => void }) {
  return (
    <fieldset class="choice">
      <legend class="field__label">{legend}</legend>
      <div class="choice__options">
        {(Object.keys(options) as T[]).map(option => (
          <label key={option} class="choice__option">
            <input type="radio" name={name} value={option} checked={value === option} onChange={() => onChoose(option)} />
            <span>{options[option]}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

function Switch({ label, hint, isOn, isDisabled = false, onChange }: { label: string; hint: string; isOn: boolean; isDisabled?: boolean; onChange: (isOn: boolean) => void }) {
  return (
    <label class="switch">
      <span class="switch__words"><span>{label}</span><span class="hint">{hint}</span></span>
      <input type="checkbox" role="switch" checked={isOn} disabled={isDisabled} onChange={event => onChange(event.currentTarget.checked)} />
    </label>
  )
}

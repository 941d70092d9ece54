import { useState } from 'preact/hooks'

/** A field for a user's name, and a button. */
export function AddByName({ label, button, onAdd }: { label: string; button: string; onAdd: (user: string) => void }) {
  const [user, setUser] = useState('')
  const submit = (event: Event) => {
    event.preventDefault()
    if (user.trim() === '') return
    onAdd(user.trim())
    setUser('')
  }
  return (
    <form class="row-form" onSubmit={submit}>
      <label class="field">
        <span class="field__label">{label}</span>
        <input class="input" value={user} maxLength={128} autocomplete="off" autocapitalize="none" spellcheck={false} onInput={event => setUser(event.currentTarget.value)} />
      </label>
      <button class="button" disabled={user.trim() === ''}>{button}</button>
    </form>
  )
}

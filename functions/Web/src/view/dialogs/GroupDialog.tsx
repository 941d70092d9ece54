import { useState } from 'preact/hooks'
import { go } from '../../net/address'
import { uuid7 } from '../../net/uuid7'
import { contacts, nameOf } from '../../state/selectors'
import { troubleIn } from '../../words'
import { useChat } from '../chat'
import { AddByName } from '../parts/AddByName'
import { Avatar } from '../parts/Avatar'
import { Dialog } from '../parts/Dialog'

/** Opens a group with contacts, and with whoever is named. */
export function GroupDialog() {
  const { session, state, words } = useChat()
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<readonly string[]>([])
  const [id] = useState(() => uuid7(Date.now()))
  const close = () => session.store.dispatch({ type: 'viewed', view: { dialog: undefined } })
  const users = [...new Set([...contacts(state, 'contact').map(person => person.user), ...chosen])]
  const toggle = (user: string) => setChosen(chosen.includes(user) ? chosen.filter(one => one !== user) : [...chosen, user])
  const canOpen = name.trim() !== '' && chosen.length > 0

  const open = async () => {
    const room = await session.attempt(api => api.open(id, { name: name.trim(), members: [...chosen] }))
    if (!room) return
    session.store.dispatch({ type: 'membership', room: room.id, member: true })
    close()
    go(room.id)
  }

  return (
    <Dialog heading={words.group.heading} close={words.people.close} onClose={close}>
      <label class="field">
        <span class="field__label">{words.group.name}</span>
        <input class="input" value={name} maxLength={100} autofocus onInput={event => setName(event.currentTarget.value)} />
      </label>
      <fieldset class="choices">
        <legend class="section">{words.group.members} <span class="count">{chosen.length}</span></legend>
        {users.length === 0 && <p class="hint">{words.group.noContacts}</p>}
        {users.map(user => (
          <label key={user} class="person person--choice">
            <input type="checkbox" checked={chosen.includes(user)} onChange={() => toggle(user)} />
            <Avatar user={user} name={nameOf(state, user)} colour={state.people[user]?.colour} size="s" />
            <span class="person__name">{nameOf(state, user)}</span>
          </label>
        ))}
      </fieldset>
      <AddByName label={words.group.add} button={words.group.addButton} onAdd={user => user !== state.user && !chosen.includes(user) && setChosen([...chosen, user])} />
      {state.trouble && <p class="trouble" role="alert">{troubleIn(words, state.trouble)}</p>}
      {!canOpen && <p class="hint">{words.group.needed}</p>}
      <button type="button" class="button button--main button--wide" disabled={!canOpen} onClick={() => void open()}>{words.group.create}</button>
    </Dialog>
  )
}

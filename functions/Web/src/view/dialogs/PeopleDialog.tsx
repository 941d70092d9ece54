import type { ComponentChildren } from 'preact'
import { contacts, nameOf } from '../../state/selectors'
import type { Person } from '../../state/state'
import { troubleIn } from '../../words'
import { go } from '../../net/address'
import { uuid7 } from '../../net/uuid7'
import { useChat } from '../chat'
import { AddByName } from '../parts/AddByName'
import { Avatar } from '../parts/Avatar'
import { Dialog } from '../parts/Dialog'

/** Contacts, and requests either way. */
export function PeopleDialog() {
  const { session, state, words } = useChat()
  const { dispatch } = session.store
  const close = () => dispatch({ type: 'viewed', view: { dialog: undefined } })
  const [invited, known, requested, blocked] = [contacts(state, 'invited'), contacts(state, 'contact'), contacts(state, 'requested'), contacts(state, 'blocked')]

  const stand = (user: string, stance: 'contact' | 'blocked' | 'none') => () => session.stand(user, stance)
  const talk = (user: string) => async () => {
    const there = Object.values(state.rooms).find(room => room.with === user)?.id
    const room = there ?? (await session.attempt(api => api.open(uuid7(Date.now()), { with: user })))?.id
    if (!room) return
    dispatch({ type: 'membership', room, member: true })
    close()
    go(room)
  }

  return (
    <Dialog heading={words.people.heading} close={words.people.close} onClose={close}>
      <AddByName label={words.people.add} button={words.people.addButton} onAdd={user => void stand(user, 'contact')()} />
      {state.trouble && <p class="trouble" role="alert">{troubleIn(words, state.trouble)}</p>}
      <button type="button" class="button button--wide" onClick={() => dispatch({ type: 'viewed', view: { dialog: 'group' } })}>{words.people.group}</button>
      {invited.length + known.length + requested.length + blocked.length === 0 && <p class="nothing">{words.people.none}</p>}
      <Group heading={words.people.invitations} people={invited}>
        {user => <><Button main run={stand(user, 'contact')}>{words.people.accept}</Button><Button run={stand(user, 'blocked')}>{words.people.block}</Button></>}
      </Group>
      <Group heading={words.people.contacts} people={known}>
        {user => <><Button run={talk(user)}>{words.people.message}</Button><Button run={stand(user, 'none')}>{words.people.remove}</Button></>}
      </Group>
      <Group heading={words.people.requested} people={requested}>{user => <Button run={stand(user, 'none')}>{words.people.withdraw}</Button>}</Group>
      <Group heading={words.people.blocked} people={blocked}>{user => <Button run={stand(user, 'none')}>{words.people.unblock}</Button>}</Group>
    </Dialog>
  )
}

function Group({ heading, people, children }: { heading: string; people: readonly Person[]; children: (user: string) => ComponentChildren }) {
  const { state } = useChat()
  if (people.length === 0) return null
  return (
    <section>
      <h3 class="section">{heading} <span class="count">{people.length}</span></h3>
      <ul class="people">
        {people.map(({ user, presence }) => (
          <li key={user} class="person">
            <Avatar user={user} name={nameOf(state, user)} colour={state.people[user]?.colour} status={presence?.status} />
            <span class="person__middle"><span class="person__name">{nameOf(state, user)}</span>{nameOf(state, user) !== user && <span class="person__under">{user}</span>}</span>
            <span class="person__answers">{children(user)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Button({ main, run, children }: { main?: boolean; run: () => Promise<void>; children: string }) {
  return <button type="button" class={`button button--small ${main ? 'button--main' : ''}`} onClick={() => void run()}>{children}</button>
}

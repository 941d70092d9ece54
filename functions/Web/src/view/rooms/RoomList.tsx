import { useMemo, useRef, useState } from 'preact/hooks'
import { contacts, folded, nameOf, roomsInOrder, titleOf } from '../../state/selectors'
import { useChat, useNow } from '../chat'
import { useHeir } from '../focus'
import { Avatar } from '../parts/Avatar'
import { IconButton } from '../parts/IconButton'
import { NotifyQuestion } from './NotifyQuestion'
import { RoomRow } from './RoomRow'

/** All rooms of the user, where something happened last first. */
export function RoomList() {
  const { session, state, words } = useChat()
  const [filter, setFilter] = useState('')
  const now = useNow(60_000)
  const rooms = useMemo(() => roomsInOrder(state), [state.rooms, state.outbox])
  const wanted = folded(filter.trim())
  const shown = wanted === '' ? rooms : rooms.filter(room => folded(titleOf(state, room)).includes(wanted))
  const invitations = contacts(state, 'invited').length
  const list = useRef<HTMLUListElement>(null)
  useHeir(state.view.room, room => list.current!.querySelector<HTMLElement>(`[data-room="${room}"]`) ?? list.current!.querySelector<HTMLElement>('.room'))
  const show = (dialog: 'people' | 'settings') => session.store.dispatch({ type: 'viewed', view: { dialog } })

  return (
    <nav class="rooms" aria-label={words.rooms.label}>
      <header class="rooms__head">
        <Avatar user={state.user} name={nameOf(state, state.user)} colour={state.people[state.user]?.colour} size="s" />
        <h1 class="rooms__me">{nameOf(state, state.user)}</h1>
        <IconButton icon="people" label={invitations > 0 ? `${words.rooms.people}: ${words.rooms.invitations(invitations)}` : words.rooms.people} badge={invitations} onClick={() => show('people')} />
        <IconButton icon="gear" label={words.rooms.settings} onClick={() => show('settings')} />
      </header>
      {rooms.length > 0 && (
        <div class="rooms__filter">
          <input class="input input--search" type="search" value={filter} placeholder={words.rooms.filter} aria-label={words.rooms.filter} onInput={event => setFilter(event.currentTarget.value)} />
        </div>
      )}
      <NotifyQuestion />
      <div class="rooms__list">
        {!state.loaded && <Skeletons label={words.rooms.loading} />}
        {state.loaded && rooms.length === 0 && (
          <div class="nothing">
            <p class="nothing__title">{words.rooms.empty}</p>
            <p>{words.rooms.emptyLead}</p>
            <button type="button" class="button button--main" onClick={() => show('people')}>{words.rooms.people}</button>
          </div>
        )}
        {rooms.length > 0 && shown.length === 0 && <p class="nothing">{words.rooms.noneFound}</p>}
        <ul ref={list}>
          {shown.map(room => <li key={room.id}><RoomRow room={room} now={now} isOpen={state.view.room === room.id} /></li>)}
        </ul>
      </div>
    </nav>
  )
}

function Skeletons({ label }: { label: string }) {
  return (
    <div aria-busy="true">
      <p class="visually-hidden" role="status">{label}</p>
      {[72, 54, 63, 48, 60].map(width => (
        <div class="skeleton" key={width} aria-hidden="true">
          <span class="skeleton__round" />
          <span class="skeleton__lines"><span class={`skeleton__line skeleton__line--${width}`} /><span class="skeleton__line skeleton__line--thin" /></span>
        </div>
      ))}
    </div>
  )
}

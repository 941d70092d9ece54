import { useEffect, useRef, useState } from 'preact/hooks'
import { nameOf } from '../../state/selectors'
import type { Room } from '../../state/state'
import { agoOf } from '../../words/times'
import { useChat, useNow } from '../chat'
import { AddByName } from '../parts/AddByName'
import { Avatar } from '../parts/Avatar'
import { IconButton } from '../parts/IconButton'
import { Panel } from './Panel'

/** Who is in the room, and when they were seen; the owner changes it here. */
export function MembersPanel({ room }: { room: Room }) {
  const { session, state, words } = useChat()
  const now = useNow(30_000)
  const isOwner = room.kind === 'group' && room.owner === state.user

  // Who is not known yet comes last: their name may be any.
  const isKnown = (user: string) => state.people[user]?.isAsked === true
  const members = [...room.members].sort((a, b) => Number(isKnown(b.user)) - Number(isKnown(a.user)) || nameOf(state, a.user).localeCompare(nameOf(state, b.user), state.settings.language))

  const seenOf = (user: string) => {
    const presence = state.people[user]?.presence
    if (user === state.user || !presence) return ''
    return presence.status !== 'offline' ? words.presence[presence.status] : presence.lastSeen ? words.presence.seen(agoOf(presence.lastSeen, state.settings.language, now)) : words.presence.offline
  }

  return (
    <Panel label={words.members.heading} heading={<>{words.members.heading} <span class="count">{members.length}</span></>} close={words.members.close}>
      <ul class="people">
        {members.map(({ user }) => (
          <li key={user} class="person">
            <Avatar user={user} name={isKnown(user) ? nameOf(state, user) : ' '} colour={state.people[user]?.colour} status={user === state.user ? 'online' : state.people[user]?.presence?.status} />
            <span class="person__middle">
              <span class="person__names">
                {isKnown(user) ? <span class="person__name">{nameOf(state, user)}</span> : <span class="person__name skeleton__line skeleton__line--60"><span class="visually-hidden">{words.loading}</span></span>}
                {user === state.user && <span class="person__tag">{words.members.you}</span>}
                {room.owner === user && <span class="person__tag">{words.members.owner}</span>}
              </span>
              <span class="person__under">{seenOf(user)}</span>
            </span>
            {isOwner && user !== state.user && <IconButton icon="close" label={words.members.remove(nameOf(state, user))} onClick={() => void session.attempt(api => api.removeMember(room.id, user))} />}
          </li>
        ))}
      </ul>
      {isOwner && <AddByName label={words.members.add} button={words.members.addButton} onAdd={user => void session.attempt(api => api.addMember(room.id, user))} />}
      {isOwner && <Rename room={room} />}
      {room.kind === 'group' ? <Leave room={room} /> : <Block user={room.with!} />}
    </Panel>
  )
}

function Rename({ room }: { room: Room }) {
  const { session, words } = useChat()
  const [name, setName] = useState(room.name ?? '')
  const submit = (event: Event) => {
    event.preventDefault()
    void session.attempt(api => api.open(room.id, { name: name.trim(), members: room.members.map(member => member.user).slice(0, 99) }))
  }
  return (
    <form class="row-form" onSubmit={submit}>
      <label class="field">
        <span class="field__label">{words.members.rename}</span>
        <input class="input" value={name} maxLength={100} onInput={event => setName(event.currentTarget.value)} />
      </label>
      <button class="button" disabled={name.trim() === '' || name.trim() === room.name}>{words.members.renameButton}</button>
    </form>
  )
}

function Leave({ room }: { room: Room }) {
  const { session, state, words } = useChat()
  const [isSure, setSure] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const wasSure = useRef(false)
  useEffect(() => {
    if (isSure !== wasSure.current) button.current?.focus()
    wasSure.current = isSure
  }, [isSure])
  if (!isSure) return <button key="leave" ref={button} type="button" class="button button--wide button--danger" onClick={() => setSure(true)}>{words.members.leave}</button>
  return (
    <div class="sure">
      <p>{words.members.leaveSure}</p>
      <button ref={button} type="button" class="button button--danger" onClick={() => void session.attempt(api => api.removeMember(room.id, state.user))}>{words.members.leaveYes}</button>
      <button type="button" class="button" onClick={() => setSure(false)}>{words.composer.cancel}</button>
    </div>
  )
}

function Block({ user }: { user: string }) {
  const { session, state, words } = useChat()
  const isBlocked = state.people[user]?.contact === 'blocked'
  const change = () => session.stand(user, isBlocked ? 'none' : 'blocked')
  return <button type="button" class="button button--wide button--danger" onClick={() => void change()}>{isBlocked ? words.members.unblock : words.members.block}</button>
}

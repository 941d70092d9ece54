import { useCallback, useEffect, useMemo, useRef } from 'preact/hooks'
import { leave } from '../../net/address'
import { changing, faceOf, nameOf, titleOf, waiting, writers, type Faces } from '../../state/selectors'
import type { Room } from '../../state/state'
import { agoOf, midnight } from '../../words/times'
import { useChat, useNow } from '../chat'
import { useHeir } from '../focus'
import { Avatar } from '../parts/Avatar'
import { IconButton } from '../parts/IconButton'
import { useCovers } from './covers'
import { Composer } from './Composer'
import { MessageList, type Act } from './MessageList'

/** The open room. */
export function Conversation({ room }: { room: Room }) {
  const { session, state, words } = useChat()
  const { dispatch } = session.store
  const input = useRef<HTMLTextAreaElement>(null)
  const [search, members] = [useRef<HTMLButtonElement>(null), useRef<HTMLButtonElement>(null)]
  const covers = useCovers()
  useHeir(state.view.panel, panel => (panel === 'search' ? search : members).current)
  const title = titleOf(state, room)
  const now = useNow(Object.keys(room.typing).length > 0 ? 1_000 : 30_000)
  const unplaced = [state.outbox, room.transcript.early, room.id]
  const outgoing = useMemo(() => waiting(state, room.id), unplaced)
  const changes = useMemo(() => changing(state, room.id), unplaced)
  const faces = useFaces(room)

  // On a phone the keyboard would cover what is to be read.
  useEffect(() => {
    if (matchMedia('(hover: hover)').matches) input.current?.focus()
  }, [])

  const act: Act = useCallback((what, seq, clientId) => {
    switch (what) {
      case 'reply':
        dispatch({ type: 'viewed', view: { replyTo: seq, editing: undefined } })
        input.current?.focus()

        // What is answered stays in sight above the field, which grows.
        return void requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector(`.messages [data-seq="${seq}"]`)?.scrollIntoView({ block: 'nearest' })))
      case 'edit':
        dispatch({ type: 'viewed', view: { editing: seq, replyTo: undefined } })
        return input.current?.focus()
      case 'delete':
        return session.say(room.id, { delete: seq })
      case 'retry':
        return dispatch({ type: 'retried', clientId: clientId! })
      case 'discard':
        return dispatch({ type: 'dropped', clientId: clientId! })
    }
  }, [session, room.id])

  const toggle = (panel: 'members' | 'search') => dispatch({ type: 'viewed', view: { panel: session.store.state.view.panel === panel ? undefined : panel } })
  const presence = state.people[room.with ?? '']?.presence
  const writing = writers(state, room, now).map(user => nameOf(state, user))
  return (
    <main class="conversation" aria-label={title} inert={covers && state.view.panel !== undefined}>
      <header class="conversation__head">
        <IconButton icon="back" class="only-narrow" label={words.conversation.back} onClick={() => leave(session.store)} />
        <Avatar user={room.with ?? room.id} name={title} colour={state.people[room.with ?? '']?.colour} status={presence?.status} size="s" />
        <div class="conversation__titles">
          <h2>{title}</h2>
          <p class="conversation__under">
            {room.kind === 'group' ? words.conversation.membersOf(room.members.length)
              : presence?.status === 'online' ? words.presence.online
              : presence?.status === 'away' ? words.presence.away
              : presence?.lastSeen ? words.presence.seen(agoOf(presence.lastSeen, state.settings.language, now)) : words.presence.offline}
          </p>
        </div>
        <IconButton icon="search" label={words.conversation.search} pressed={state.view.panel === 'search'} buttonRef={search} onClick={() => toggle('search')} />
        <IconButton icon="people" label={words.conversation.members} pressed={state.view.panel === 'members'} buttonRef={members} onClick={() => toggle('members')} />
      </header>
      <MessageList
        session={session} room={room} user={state.user} faces={faces} words={words} language={state.settings.language}
        outgoing={outgoing} changes={changes} unreadFrom={state.view.unreadFrom} title={title} today={midnight(now)} act={act}
      />
      <p class="typing" aria-live="off">{writing.length > 0 && <><span class="typing__dots" aria-hidden="true"><i /><i /><i /></span>{words.conversation.typing(writing)}</>}</p>
      <Composer room={room} input={input} />
    </main>
  )
}

/** How all who spoke here are shown. The same object while none of them changes, so that messages are not drawn anew for nothing. */
function useFaces(room: Room): Faces {
  const { state } = useChat()
  const { members, transcript: { entries } } = room
  const users = useMemo(() => [...new Set([...members.map(member => member.user), ...entries.flatMap(entry => [entry.by, entry.user ?? entry.by])])], [members, entries])
  const known = users.map(user => [user, faceOf(state, user)] as const)
  return useMemo(() => Object.fromEntries(known), [JSON.stringify(known)])
}

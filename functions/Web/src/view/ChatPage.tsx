import { useEffect, useMemo } from 'preact/hooks'
import { roomOfAddress } from '../net/address'
import type { Session } from '../net/session'
import { roomsInOrder, unread } from '../state/selectors'
import { troubleIn, wordsOf } from '../words'
import { Chat, useStateOf } from './chat'
import { Banner } from './Banner'
import { Conversation } from './conversation/Conversation'
import { MembersPanel } from './conversation/MembersPanel'
import { NothingOpen } from './conversation/NothingOpen'
import { SearchPanel } from './conversation/SearchPanel'
import { GroupDialog } from './dialogs/GroupDialog'
import { PeopleDialog } from './dialogs/PeopleDialog'
import { SettingsDialog } from './dialogs/SettingsDialog'
import { IconButton } from './parts/IconButton'
import { RoomList } from './rooms/RoomList'

/** The chat of somebody who has signed in. */
export function ChatPage({ session }: { session: Session }) {
  const state = useStateOf(session)
  const words = wordsOf(state.settings.language)
  const context = useMemo(() => ({ session, state, words }), [session, state, words])
  const { dispatch } = session.store
  const room = state.view.room === undefined ? undefined : state.rooms[state.view.room]
  const panel = room && state.view.panel

  // A room in the address is opened as soon as it is known what was unread in it.
  useEffect(() => {
    if (state.loaded) dispatch({ type: 'opened', room: roomOfAddress() })
  }, [state.loaded])

  useEffect(() => {
    document.documentElement.lang = state.settings.language
    document.documentElement.dataset['theme'] = state.settings.theme
  }, [state.settings.language, state.settings.theme])

  const waiting = state.loaded ? roomsInOrder(state).filter(one => unread(state, one).count > 0).length : 0
  useEffect(() => {
    document.title = waiting > 0 ? `(${waiting}) ${words.title}` : words.title
  }, [waiting, words])

  return (
    <Chat.Provider value={context}>
      <div class={`chat ${room ? 'chat--open' : ''} ${panel ? 'chat--panel' : ''}`}>
        <Banner />
        <RoomList />
        {room ? <Conversation key={room.id} room={room} /> : <NothingOpen />}
        {panel === 'members' && <MembersPanel room={room!} />}
        {panel === 'search' && <SearchPanel room={room!} />}
        {state.view.dialog === 'people' && <PeopleDialog />}
        {state.view.dialog === 'group' && <GroupDialog />}
        {state.view.dialog === 'settings' && <SettingsDialog />}
        {state.trouble && !state.view.dialog && (
          <div class="toast" role="alert">
            <span>{troubleIn(words, state.trouble)}</span>
            <IconButton icon="close" label={words.trouble.dismiss} onClick={() => dispatch({ type: 'trouble', why: undefined })} />
          </div>
        )}
      </div>
    </Chat.Provider>
  )
}

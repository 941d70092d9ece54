import { lastEntry, nameOf, titleOf, unread, waiting, writers } from '../../state/selectors'
import type { Room } from '../../state/state'
import type { Entry } from '../../state/transcript'
import { momentOf } from '../../words/times'
import { useChat } from '../chat'
import { Avatar } from '../parts/Avatar'
import { Icon } from '../parts/Icon'
import { noticeOf } from '../conversation/notices'

/** One room in the list: its last words, and how many are unread. */
export function RoomRow({ room, now, isOpen }: { room: Room; now: number; isOpen: boolean }) {
  const { state, words } = useChat()
  const { count, more } = unread(state, room)
  const title = titleOf(state, room)
  const last = lastEntry(room)
  const draft = isOpen ? undefined : state.drafts[room.id]
  const writing = writers(state, room, now)
  const badge = count > 99 ? '99+' : more ? `${count}+` : String(count)
  const presence = room.kind === 'direct' ? state.people[room.with ?? '']?.presence : undefined
  const isRefused = state.outbox.some(one => one.room === room.id && one.refused !== undefined)
  const said = waiting(state, room.id).at(-1)?.text

  const line = writing.length > 0 ? <em>{words.conversation.typing(writing.map(user => nameOf(state, user)))}</em>
    : draft ? <><span class="room__draft">{words.rooms.draft}</span> {draft}</>
    : said !== undefined ? `${words.rooms.you}: ${said}`
    : last ? lineOf(last) : ''

  function lineOf(entry: Entry): string {
    if (entry.kind !== 'text') return noticeOf(entry, words, user => nameOf(state, user))
    const text = entry.text ?? words.message.deleted
    return entry.by === state.user ? `${words.rooms.you}: ${text}` : room.kind === 'group' ? `${nameOf(state, entry.by)}: ${text}` : text
  }

  return (
    <a class={`room ${isOpen ? 'room--open' : ''}`} href={`#/rooms/${room.id}`} aria-current={isOpen ? 'page' : undefined} data-room={room.id}>
      <Avatar user={room.with ?? room.id} name={title} colour={state.people[room.with ?? '']?.colour} status={presence?.status} />
      <span class="room__middle">
        <span class="room__title">{title}</span>
        <span class="room__line">{line}</span>
      </span>
      <span class="room__end">
        {last && <time class="room__time" dateTime={last.at}>{momentOf(last.at, state.settings.language, now)}</time>}
        {isRefused && <span class="room__refused" title={words.message.refused}><Icon name="alert" size={18} /><span class="visually-hidden">{words.message.refused}</span></span>}
        {count > 0 && <span class="badge"><span aria-hidden="true">{badge}</span><span class="visually-hidden">{words.rooms.unread(badge)}</span></span>}
      </span>
      {presence?.status === 'online' && <span class="visually-hidden">{words.presence.online}</span>}
    </a>
  )
}

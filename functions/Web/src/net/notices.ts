import { nameOf, titleOf } from '../state/selectors'
import type { State } from '../state/state'
import type { Store } from '../state/store'

/** Desktop notifications of what comes while nobody looks. Tabs give one message one name, so it is shown once. */
export class Notices {
  constructor(private readonly store: Store) {}

  run(): () => void {
    return this.store.subscribe((state, action, before) => {
      if (action.type === 'events' && state !== before && document.hidden && state.settings.notify === 'on') this.tell(state, before, action.room)
    })
  }

  private tell(state: State, before: State, id: string): void {
    const [room, position] = [state.rooms[id], before.rooms[id]?.transcript.position]
    if (!room || position === undefined || !('Notification' in window) || Notification.permission !== 'granted') return
    const news = room.transcript.entries.findLast(entry => entry.seq > position && entry.kind === 'text' && entry.text !== null && entry.by !== state.user)
    if (!news) return
    const who = nameOf(state, news.by)
    const notice = new Notification(room.kind === 'direct' ? who : titleOf(state, room), {
      body: room.kind === 'direct' ? news.text! : `${who}: ${news.text!}`,
      tag: `${id}.${news.seq}`,
      icon: '/icon.svg',
    })
    notice.onclick = () => {
      window.focus()
      this.store.dispatch({ type: 'opened', room: id })
      notice.close()
    }
  }
}

import { nameOf, titleOf } from '../state/selectors'
import type { State } from '../state/state'
import type { Store } from '../state/store'
import { go } from './address'

/** Desktop notifications of what comes while nobody looks at any tab. Tabs give one message one name, so it is shown once. */
export class Notices {
  constructor(private readonly store: Store, private readonly isAnyInSight: () => Promise<boolean>) {}

  run(): () => void {
    return this.store.subscribe((state, action, before) => {
      if (action.type === 'events' && state !== before && document.hidden && state.settings.notify === 'on') void this.tell(state, before, action.room)
    })
  }

  private async tell(state: State, before: State, id: string): Promise<void> {
    const [room, position] = [state.rooms[id], before.rooms[id]?.transcript.position]
    if (!room || position === undefined || !('Notification' in window) || Notification.permission !== 'granted') return
    const news = room.transcript.entries.findLast(entry => entry.seq > position && entry.kind === 'text' && entry.text !== null && entry.by !== state.user)
    if (!news || (await this.isAnyInSight())) return
    const who = nameOf(state, news.by)
    const notice = shown(room.kind === 'direct' ? who : titleOf(state, room), {
      body: room.kind === 'direct' ? news.text! : `${who}: ${news.text!}`,
      tag: `${id}.${news.seq}`,
      icon: '/icon.svg',
    })
    notice?.addEventListener('click', () => {
      window.focus()
      go(id)
      notice.close()
    })
  }
}

// Chrome on Android has the constructor, and throws: there only a service worker may notify.
function shown(title: string, options: NotificationOptions): Notification | undefined {
  try {
    return new Notification(title, options)
  } catch {
    return undefined
  }
}

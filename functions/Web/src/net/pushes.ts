import type { Action } from '../state/state'
import type { Push } from './wire'

const typingLasts = 15_000

/** What a push means for the state; nothing, if it is of a type that this page does not know yet. */
export function actionOf(push: Push, now: number): Action | undefined {
  switch (push.type) {
    case 'events':
    case 'membership':
    case 'marks':
      return push
    case 'head':
      return { type: 'heads', heads: { [push.room]: push.seq } }
    case 'typing':
      return { type: 'typing', room: push.room, user: push.user, until: push.typing ? now + typingLasts : null }
    case 'presence':
      return { type: 'people', people: [{ user: push.user, presence: { status: push.status, lastSeen: push.lastSeen } }] }
    case 'contact':
      return { type: 'people', people: [{ user: push.user, contact: push.state }] }
    default:
      return undefined
  }
}

import { createContext } from 'preact'
import { useContext, useEffect, useLayoutEffect, useState } from 'preact/hooks'
import type { Session } from '../net/session'
import type { Action, State } from '../state/state'
import type { Words } from '../words/en'
import { Soon } from './tasks'

export interface ChatContext {
  session: Session
  state: State
  words: Words
}

export const Chat = createContext<ChatContext>(null!)

/** The session, its state and the words of the user's language. */
export function useChat(): ChatContext {
  return useContext(Chat)
}

// What the user does here. The browser makes a frame for it at once, before any task: one for both.
const own: ReadonlySet<Action['type']> = new Set<Action['type']>(['composed', 'drafted', 'opened', 'viewed'])

/** The state as it is drawn: soon after it has changed, so that a message leaves before it is drawn. What handles an event asks the store, which is ahead of this. */
export function useStateOf(session: Session): State {
  const [state, setState] = useState(session.store.state)
  useLayoutEffect(() => {
    const draw = new Soon(() => setState(session.store.state))
    draw.inTask()
    const unsubscribe = session.store.subscribe((_, { type }) => (own.has(type) ? draw.inFrame() : draw.inTask()))
    return () => {
      unsubscribe()
      draw.end()
    }
  }, [session])
  return state
}

/** The time, again and again while it is wanted. */
export function useNow(every: number | null): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (every === null) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), every)
    return () => clearInterval(timer)
  }, [every])
  return now
}

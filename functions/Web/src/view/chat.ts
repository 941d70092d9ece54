import { createContext } from 'preact'
import { useContext, useEffect, useLayoutEffect, useState } from 'preact/hooks'
import type { Session } from '../net/session'
import type { State } from '../state/state'
import type { Words } from '../words/en'

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

export function useStateOf(session: Session): State {
  const [state, setState] = useState(session.store.state)
  useLayoutEffect(() => {
    setState(session.store.state)
    return session.store.subscribe(setState)
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

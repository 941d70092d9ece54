import { useEffect, useState } from 'preact/hooks'
import { useChat, useNow } from './chat'
import { Icon } from './parts/Icon'

// Who was away for a blink need not read about it.
const patience = 1_200

/** Tells that the connection is lost, when it is tried again, and what waits. */
export function Banner() {
  const { session, state, words } = useChat()
  const { connection, outbox } = state
  const [isDue, setDue] = useState(false)
  const isDown = connection.phase !== 'online'
  useEffect(() => {
    setDue(false)
    if (!isDown) return
    const timer = setTimeout(() => setDue(true), patience)
    return () => clearTimeout(timer)
  }, [isDown])
  const now = useNow(isDown ? 1_000 : null)
  const queued = outbox.filter(one => one.refused === undefined).length
  if (!isDown || (!isDue && state.loaded)) return <div class="banner-place" role="status" />

  const isOffline = connection.phase === 'waiting' && connection.retryAt === null
  const text = connection.phase === 'connecting' ? words.banner.connecting
    : isOffline ? words.banner.offline
    : words.banner.waiting(Math.ceil(((connection as { retryAt: number }).retryAt - now) / 1000))
  return (
    <div class="banner-place">
      <div class={`banner ${isOffline ? 'banner--offline' : ''}`}>
        <Icon name={isOffline ? 'alert' : 'clock'} size={18} />
        <span class="banner__text">
          <span role="status">{isOffline || connection.phase === 'connecting' ? text : <span aria-hidden="true">{text}</span>}</span>
          {queued > 0 && <> {words.banner.queued(queued)}.</>}
        </span>
        {connection.phase === 'waiting' && <button type="button" class="link" onClick={session.retry}>{words.banner.now}</button>}
      </div>
    </div>
  )
}

import { useEffect, useState } from 'preact/hooks'
import { useChat, useNow } from './chat'
import { Icon } from './parts/Icon'

// Who was away for a blink need not read about it.
const patience = 1_200

/** Tells that the connection is lost, when it is tried again, and what waits. To the ear it tells that once, without counting down. */
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
  const isShown = isDown && (isDue || !state.loaded)
  const isOffline = connection.phase === 'waiting' && connection.retryAt === null
  const text = isOffline ? words.banner.offline
    : connection.phase === 'waiting' ? words.banner.waiting(Math.ceil((connection.retryAt! - now) / 1000))
    : words.banner.connecting
  return (
    <div class="banner-place">
      <p class="visually-hidden" role="status">{isShown && state.loaded ? (isOffline ? words.banner.offline : words.banner.lost) : ''}</p>
      {isShown && (
        <div class={`banner ${isOffline ? 'banner--offline' : ''}`}>
          <Icon name={isOffline ? 'alert' : 'clock'} size={18} />
          <span class="banner__text">{text}{queued > 0 && <> <strong>{words.banner.queued(queued)}</strong></>}</span>
          {connection.phase === 'waiting' && <button type="button" class="link" onClick={session.retry}>{words.banner.now}</button>}
        </div>
      )}
    </div>
  )
}

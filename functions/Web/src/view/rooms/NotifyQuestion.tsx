import { useEffect, useState } from 'preact/hooks'
import { useChat } from '../chat'

/** Asks once, after the first words were exchanged, whether notifications are wanted; the browser asks only who said yes. */
export function NotifyQuestion() {
  const { session, state, words } = useChat()
  const isPossible = usePermission() !== 'denied'
  if (!isPossible || state.settings.notify !== 'undecided') return null
  const hasSpoken = Object.values(state.rooms).some(room => room.transcript.entries.some(entry => entry.kind === 'text' && entry.by === state.user))
  if (!hasSpoken) return null

  const decide = (notify: 'on' | 'off') => session.store.dispatch({ type: 'settings', settings: { notify } })
  const allow = async () => decide((await Notification.requestPermission()) === 'granted' ? 'on' : 'off')
  return (
    <section class="question" aria-label={words.settings.notify}>
      <p>{words.notify.ask}</p>
      <div class="question__answers">
        <button type="button" class="button button--main button--small" onClick={() => void allow()}>{words.notify.yes}</button>
        <button type="button" class="button button--small" onClick={() => decide('off')}>{words.notify.no}</button>
      </div>
    </section>
  )
}

// As it was when the user last came to the page: the browser asks another process for it, which is too slow for every drawing.
function usePermission(): NotificationPermission {
  const read = () => ('Notification' in window ? Notification.permission : 'denied')
  const [permission, setPermission] = useState(read)
  useEffect(() => {
    const again = () => setPermission(read())
    addEventListener('focus', again)
    return () => removeEventListener('focus', again)
  }, [])
  return permission
}

import { useEffect, useRef, useState } from 'preact/hooks'
import { found, nameOf } from '../../state/selectors'
import type { Room } from '../../state/state'
import { momentOf } from '../../words/times'
import { useChat } from '../chat'
import { IconButton } from '../parts/IconButton'

const most = 100

/** Finds messages in what is loaded of the room. */
export function SearchPanel({ room }: { room: Room }) {
  const { session, state, words } = useChat()
  const [wanted, setWanted] = useState('')
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.focus(), [])
  const hits = found(room, wanted, most)
  const close = () => session.store.dispatch({ type: 'viewed', view: { panel: undefined } })
  const show = (seq: number) => {
    if (!matchMedia('(min-width: 1100px)').matches) close()
    requestAnimationFrame(() => {
      const row = document.querySelector<HTMLElement>(`.messages [data-seq="${seq}"]`)
      row?.scrollIntoView({ block: 'center' })
      row?.focus()
    })
  }

  return (
    <aside class="panel" aria-label={words.conversation.search}>
      <header class="panel__head">
        <h2>{words.conversation.search}</h2>
        <IconButton icon="close" label={words.search.close} onClick={close} />
      </header>
      <div class="panel__body">
        <input ref={input} class="input input--search" type="search" value={wanted} aria-label={words.search.label} onInput={event => setWanted(event.currentTarget.value)} onKeyDown={event => event.key === 'Escape' && close()} />
        <p class="hint" role="status">{wanted.trim() === '' ? words.search.hint : hits.length === 0 ? words.search.none : words.search.count(hits.length)}</p>
        <ul class="hits">
          {hits.map(entry => (
            <li key={entry.seq}>
              <button type="button" class="hit" onClick={() => show(entry.seq)}>
                <span class="hit__head"><strong>{nameOf(state, entry.by)}</strong><time dateTime={entry.at}>{momentOf(entry.at, state.settings.language, Date.now())}</time></span>
                <span class="hit__text">{entry.text}</span>
              </button>
            </li>
          ))}
        </ul>
        {room.transcript.from > room.since && <button type="button" class="button button--wide" disabled={room.older === 'loading'} onClick={() => void session.older(room.id)}>{words.search.more}</button>}
      </div>
    </aside>
  )
}

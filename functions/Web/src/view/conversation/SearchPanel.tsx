import { useEffect, useRef, useState } from 'preact/hooks'
import { found, nameOf } from '../../state/selectors'
import type { Room } from '../../state/state'
import { languageOf } from '../../words/script'
import { momentOf } from '../../words/times'
import { useChat } from '../chat'
import { useCovers } from './covers'
import { Panel } from './Panel'

const most = 100

/** Finds messages in what is loaded of the room. */
export function SearchPanel({ room }: { room: Room }) {
  const { session, state, words } = useChat()
  const [wanted, setWanted] = useState('')
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.focus(), [])
  const covers = useCovers()
  const hits = found(room, wanted, most + 1)
  const count = hits.length > most ? `${most}+` : `${hits.length}`
  const show = (seq: number) => {
    if (covers) session.store.dispatch({ type: 'viewed', view: { panel: undefined } })
    requestAnimationFrame(() => {
      const row = document.querySelector<HTMLElement>(`.messages [data-seq="${seq}"]`)
      row?.scrollIntoView({ block: 'center' })
      row?.focus()
    })
  }

  return (
    <Panel label={words.conversation.search} close={words.search.close}>
      <input ref={input} class="input input--search" type="search" value={wanted} aria-label={words.search.label} onInput={event => setWanted(event.currentTarget.value)} />
      <p class="hint" role="status">{wanted.trim() === '' ? words.search.hint : hits.length === 0 ? words.search.none : words.search.count(count)}</p>
      <ul class="hits">
        {hits.slice(0, most).map(entry => (
          <li key={entry.seq}>
            <button type="button" class="hit" onClick={() => show(entry.seq)}>
              <span class="hit__head"><strong>{nameOf(state, entry.by)}</strong><time dateTime={entry.at}>{momentOf(entry.at, state.settings.language, Date.now())}</time></span>
              <span class="hit__text" dir="auto" lang={languageOf(entry.text)}>{entry.text}</span>
            </button>
          </li>
        ))}
      </ul>
      {room.transcript.from > room.since && <button type="button" class="button button--wide" disabled={room.older === 'loading'} onClick={() => void session.history.older(room.id)}>{words.search.more}</button>}
    </Panel>
  )
}

import type { RefObject, TargetedKeyboardEvent } from 'preact'
import { useLayoutEffect } from 'preact/hooks'
import { aboutOf, nameOf, written } from '../../state/selectors'
import type { Room } from '../../state/state'
import { useChat } from '../chat'
import { Icon } from '../parts/Icon'
import { IconButton } from '../parts/IconButton'

/** As the API takes them: Unicode characters, not UTF-16 units. */
const longest = 4_000
const warnFrom = 3_500

// What may come with pasted text, and no room takes.
const unwritten = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

// The field grows with its text by itself, where the browser knows how.
const fits = CSS.supports('field-sizing', 'content')

function lengthOf(text: string): number {
  return text.length > warnFrom / 2 ? [...text].length : text.length
}

function canSend(text: string): boolean {
  return text.trim() !== '' && lengthOf(text) <= longest
}

/** Where the user writes: a new message, an answer, or an edit. */
export function Composer({ room, input }: { room: Room; input: RefObject<HTMLTextAreaElement | null> }) {
  const { session, words } = useChat()
  const { dispatch } = session.store

  // The store and the field are ahead of what was drawn: drawing again for another reason takes no letter back, and no key is too fast.
  const { state } = session.store
  const roomNow = () => session.store.state.rooms[room.id] ?? room
  const aboutNow = () => aboutOf(session.store.state.view, roomNow())
  const { edited, answered } = aboutNow()
  const text = written(state, roomNow())
  const count = lengthOf(text)

  // The field stays where it is, with the focus and an input method's state: only what stands in it changes, and at once, for the next key may come before anything is drawn.
  useLayoutEffect(() => session.store.subscribe(now => {
    const [area, text] = [input.current!, written(now, now.rooms[room.id] ?? room)]
    if (area.value !== text) area.value = text
  }), [session, room.id])
  useLayoutEffect(() => {
    if (fits) return
    const area = input.current!
    area.style.height = 'auto'
    area.style.height = `${area.scrollHeight}px`
  }, [text])

  const leave = () => {
    dispatch({ type: 'viewed', view: { editing: undefined, replyTo: undefined } })
    input.current?.focus()
  }

  const send = () => {
    const { edited, answered } = aboutNow()
    const said = input.current!.value.replace(unwritten, '')
    if (!canSend(said)) return
    if (edited) {
      if (said !== edited.text) session.say(room.id, { edit: edited.seq, text: said })
    } else {
      session.say(room.id, { text: said, replyTo: answered?.seq })
      dispatch({ type: 'drafted', room: room.id, text: '' })
    }

    leave()
  }

  const write = (typed: string) => {
    const now = typed.replace(unwritten, '')
    if (aboutNow().edited) return dispatch({ type: 'viewed', view: { changed: now } })
    dispatch({ type: 'drafted', room: room.id, text: now })
    if (now !== '') session.typing.writes(room.id)
  }

  const keys = (event: TargetedKeyboardEvent<HTMLTextAreaElement>) => {
    // While an input method composes, as for Korean, Enter ends the syllable and not the message; Safari tells it by the code alone.
    if (event.isComposing || event.keyCode === 229) return
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      send()
    } else if (event.key === 'Escape' && (aboutNow().edited ?? aboutNow().answered)) {
      leave()
    } else if (event.key === 'ArrowUp' && event.currentTarget.value === '') {
      const own = roomNow().transcript.entries.findLast(entry => entry.kind === 'text' && entry.by === state.user && entry.text !== null)
      if (!own) return
      event.preventDefault()
      dispatch({ type: 'viewed', view: { editing: own.seq, replyTo: undefined } })
    }
  }

  return (
    <form class="composer" onSubmit={event => { event.preventDefault(); send() }}>
      {(edited || answered) && (
        <div class="composer__about">
          <Icon name={edited ? 'edit' : 'reply'} size={16} />
          <span class="composer__what">
            <strong>{edited ? words.composer.editing : words.composer.replyingTo(nameOf(state, answered!.by))}</strong>
            <span>{(edited ?? answered)!.text}</span>
          </span>
          <IconButton icon="close" label={words.composer.cancel} onClick={leave} />
        </div>
      )}
      <div class="composer__line">
        <textarea
          ref={input} class="composer__input" rows={1} dir="auto" value={text} aria-label={words.composer.label} placeholder={words.composer.placeholder} enterkeyhint="send"
          onInput={event => write(event.currentTarget.value)} onKeyDown={keys} onBlur={() => session.typing.stops()}
        />
        {count > warnFrom && <span class={`composer__count ${count > longest ? 'composer__count--over' : ''}`} role="status">{count > longest ? words.composer.over(count - longest) : words.composer.left(longest - count)}</span>}
        <button class="composer__send" disabled={!canSend(text)} aria-label={edited ? words.composer.save : words.composer.send} title={edited ? words.composer.save : words.composer.send}>
          <Icon name={edited ? 'check' : 'send'} />
        </button>
      </div>
    </form>
  )
}

import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useChat } from '../chat'
import { IconButton } from '../parts/IconButton'
import { useCovers } from './covers'

/** Something about the open room, beside it; where there is no place beside it, over it. Escape closes it. */
export function Panel({ label, heading = label, close, children }: { label: string; heading?: ComponentChildren; close: string; children: ComponentChildren }) {
  const { session } = useChat()
  const panel = useRef<HTMLElement>(null)
  const covers = useCovers()
  const leave = () => session.store.dispatch({ type: 'viewed', view: { panel: undefined } })

  // What it covers cannot keep the focus.
  useEffect(() => {
    if (covers && !panel.current!.contains(document.activeElement)) panel.current!.focus()
  }, [covers])
  return (
    <aside ref={panel} class="panel" aria-label={label} tabIndex={-1} onKeyDown={event => event.key === 'Escape' && leave()}>
      <header class="panel__head">
        <h2>{heading}</h2>
        <IconButton icon="close" label={close} onClick={leave} />
      </header>
      <div class="panel__body">{children}</div>
    </aside>
  )
}

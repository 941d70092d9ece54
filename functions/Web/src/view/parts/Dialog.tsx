import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { IconButton } from './IconButton'

/** A modal dialog of the browser's own: it keeps the focus, and gives it back to where it was. */
export function Dialog({ heading, close, onClose, children }: { heading: string; close: string; onClose: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null)

  // A selection that is dragged out of the dialog ends on its backdrop, and is no click there.
  const from = useRef<EventTarget | null>(null)
  useEffect(() => {
    const element = dialog.current!
    element.showModal()
    return () => element.close()
  }, [])
  return (
    <dialog ref={dialog} class="dialog" aria-label={heading} onCancel={onClose} onPointerDown={event => { from.current = event.target }} onClick={event => event.target === dialog.current && from.current === dialog.current && onClose()}>
      <div class="dialog__body">
        <header class="dialog__head">
          <h2>{heading}</h2>
          <IconButton icon="close" label={close} onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  )
}

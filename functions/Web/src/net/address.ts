import type { Store } from '../state/store'

// On a phone a panel covers everything: going back closes it.
const narrow = '(max-width: 719px)'

// What entries of the browser's history are, beside their address.
const fromList = 'from-list'
const panel = 'panel'

/** The room that the page's address names. */
export function roomOfAddress(address = location.href): string | undefined {
  return /#\/rooms\/([0-9a-f-]{36})$/.exec(address)?.[1]
}

/** Opens a room. The address tells which, so that going back works. */
export function go(room: string): void {
  location.hash = `/rooms/${room}`
}

/** Goes back to the list of rooms: the way one came, if one came from there. */
export function leave(store: Store): void {
  if (history.state === fromList) return history.back()
  forget()
  store.dispatch({ type: 'opened', room: undefined })
}

/** Keeps the address and the view together: each follows the other. Call the answer to end it. */
export function followAddress(store: Store): () => void {
  // The open panel is an entry of its own in the history; the room in the address is there no more.
  let [isPanelEntry, isGone] = [false, false]
  const moved = (event: HashChangeEvent) => {
    const room = roomOfAddress()
    if (room !== undefined && roomOfAddress(event.oldURL) === undefined) history.replaceState(fromList, '')
    store.dispatch({ type: 'opened', room })
  }
  const wentBack = () => {
    if (isPanelEntry && history.state !== panel) {
      isPanelEntry = false
      store.dispatch({ type: 'viewed', view: { panel: undefined } })
    }
    if (isGone) forget()
    isGone = false
  }
  const unsubscribe = store.subscribe(({ view }, _, { view: before }) => {
    if (view.panel && !before.panel && matchMedia(narrow).matches) {
      history.pushState(panel, '')
      isPanelEntry = true
    }
    isGone ||= before.room !== undefined && view.room === undefined && roomOfAddress() === before.room
    if (isPanelEntry && !view.panel) {
      isPanelEntry = false
      history.back()
    } else if (isGone) {
      wentBack()
    }
  })
  addEventListener('hashchange', moved)
  addEventListener('popstate', wentBack)
  return () => {
    unsubscribe()
    removeEventListener('hashchange', moved)
    removeEventListener('popstate', wentBack)
  }
}

function forget(): void {
  history.replaceState(null, '', location.pathname)
}

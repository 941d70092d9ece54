import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

// Telling one block costs the browser as much as telling a hundred: it looks at the whole conversation each time. So those that came in a fifth of a second are told together.
const together = 200

const waiting = new Set<Element>()

/** For a block's element: laid out once in any case, from then on the browser knows how tall it is, and may pass over it out of sight without guessing. Nothing is drawn again for it. */
export function useSettled(): RefObject<HTMLDivElement | null> {
  const block = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (waiting.size === 0) setTimeout(settle, together)
    waiting.add(block.current!)
  }, [])
  return block
}

// With the second frame the height is known of what was drawn last, too.
function settle(): void {
  const blocks = [...waiting]
  waiting.clear()
  requestAnimationFrame(() => requestAnimationFrame(() => blocks.forEach(block => block.classList.add('block--settled'))))
}

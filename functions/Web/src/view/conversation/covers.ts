import { useEffect, useState } from 'preact/hooks'

// As layout.css has it.
const beside = matchMedia('(min-width: 1100px)')

/** Whether a panel lies over the conversation, for want of a place beside it. */
export function useCovers(): boolean {
  const [covers, setCovers] = useState(!beside.matches)
  useEffect(() => {
    const changed = () => setCovers(!beside.matches)
    beside.addEventListener('change', changed)
    return () => beside.removeEventListener('change', changed)
  }, [])
  return covers
}

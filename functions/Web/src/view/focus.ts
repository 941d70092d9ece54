import { useLayoutEffect, useRef } from 'preact/hooks'

/** When something that had the focus is gone, gives the focus to what stands for it. @param is what is open now @param heir to what was open before */
export function useHeir<T>(is: T | undefined, heir: (was: T) => HTMLElement | null | undefined): void {
  const was = useRef(is)
  useLayoutEffect(() => {
    const before = was.current
    was.current = is
    const isLost = document.activeElement === null || document.activeElement === document.body
    if (before !== undefined && is === undefined && isLost) heir(before)?.focus()
  }, [is])
}

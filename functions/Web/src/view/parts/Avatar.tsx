import type { Status } from '../../net/wire'

const hues = 8

/** The first letter of a name, in one of the palette's colours; with a dot that tells whether somebody is there. */
export function Avatar({ user, name, status, size = 'm' }: { user: string; name: string; status?: Status; size?: 's' | 'm' | 'l' }) {
  return (
    <span class={`avatar avatar--${size} avatar--${hueOf(user)}`} aria-hidden="true">
      {initialOf(name)}
      {status && status !== 'offline' && <span class={`dot dot--${status}`} />}
    </span>
  )
}

function initialOf(name: string): string {
  const letters = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(name.trim())]
  return (letters[0]?.segment ?? '?').toLocaleUpperCase()
}

function hueOf(user: string): number {
  let sum = 0
  for (const letter of user) sum = (sum * 31 + letter.codePointAt(0)!) >>> 0
  return sum % hues
}

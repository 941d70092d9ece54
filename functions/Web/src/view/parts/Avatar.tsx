import { memo } from 'preact/compat'
import type { Status } from '../../net/wire'

// Angles of OKLCH, for those who chose no colour.
const hues = [165, 35, 250, 95, 310, 205, 60, 135]

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

interface Props {
  user: string
  name: string
  /** As the profile has it: #rrggbb. */
  colour?: string
  status?: Status
  size?: 's' | 'm' | 'l'
}

/** The first letter of a name, in its owner's colour; with a dot that tells whether somebody is there. */
export const Avatar = memo(function Avatar({ user, name, colour, status, size = 'm' }: Props) {
  return (
    <span class={`avatar avatar--${size}`} style={{ '--hue': hueOf(user, colour) }} aria-hidden="true">
      {initialOf(name)}
      {status && status !== 'offline' && <span class={`dot dot--${status}`} />}
    </span>
  )
})

function initialOf(name: string): string {
  const [first] = graphemes.segment(name.trim())
  return (first?.segment ?? '').toLocaleUpperCase()
}

function hueOf(user: string, colour: string | undefined): number {
  const rgb = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour ?? '')?.slice(1).map(part => parseInt(part, 16) / 255)
  if (rgb) return hueOfRgb(rgb as [number, number, number])
  let sum = 0
  for (const letter of user) sum = (sum * 31 + letter.codePointAt(0)!) >>> 0
  return hues[sum % hues.length]!
}

/** A colour's angle in OKLCH (Ottosson 2020, "A perceptual color space for image processing"). */
function hueOfRgb(rgb: [number, number, number]): number {
  const [r, g, b] = rgb.map(part => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as [number, number, number]
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  const angle = Math.atan2(0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s, 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s)
  return Math.round((angle * 180) / Math.PI + 360) % 360
}

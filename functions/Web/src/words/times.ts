import type { Language } from '../state/state'
import type { Words } from './en'

const minute = 60_000
const formats = new Map<string, Intl.DateTimeFormat>()

export function timeOf(at: string, language: Language): string {
  return format(language, { hour: 'numeric', minute: '2-digit' }).format(new Date(at))
}

/** The day as a line between messages names it. */
export function dayOf(at: string, language: Language, words: Words, now: number): string {
  const days = Math.round((midnight(now) - midnight(Date.parse(at))) / 86_400_000)
  if (days === 0) return words.conversation.today
  if (days === 1) return words.conversation.yesterday
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  return format(language, { weekday: 'long', month: 'long', day: 'numeric', ...(sameYear ? {} : { year: 'numeric' }) }).format(new Date(at))
}

/** Short, for the list of rooms: the time today, otherwise the day. */
export function momentOf(at: string, language: Language, now: number): string {
  return midnight(now) === midnight(Date.parse(at)) ? timeOf(at, language) : format(language, { month: 'short', day: 'numeric' }).format(new Date(at))
}

export function agoOf(at: string, language: Language, now: number): string {
  const ago = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const minutes = Math.round((Date.parse(at) - now) / minute)
  if (minutes > -60) return ago.format(Math.min(0, minutes), 'minute')
  if (minutes > -24 * 60) return ago.format(Math.round(minutes / 60), 'hour')
  return ago.format(Math.round(minutes / 60 / 24), 'day')
}

export function isSameDay(one: string, other: string): boolean {
  return midnight(Date.parse(one)) === midnight(Date.parse(other))
}

export function midnight(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0)
}

function format(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = language + JSON.stringify(options)
  const known = formats.get(name) ?? new Intl.DateTimeFormat(language, options)
  formats.set(name, known)
  return known
}

import type { Language } from '../state/state'
import { en, type Words } from './en'
import { ko } from './ko'

export type { Words } from './en'

const all: Record<Language, Words> = { en, ko }

export function wordsOf(language: Language): Words {
  return all[language]
}

/** A problem's type in words. */
export function troubleIn(words: Words, why: string): string {
  return words.trouble[why] ?? words.trouble.other
}

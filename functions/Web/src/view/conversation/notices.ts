import type { Entry } from '../../state/transcript'
import type { Words } from '../../words'

/** What happened in a room, in a sentence. */
export function noticeOf(entry: Entry, words: Words, nameOf: (user: string) => string): string {
  const [by, who] = [nameOf(entry.by), nameOf(entry.user ?? entry.by)]
  switch (entry.kind) {
    case 'joined':
      return words.message.joined(who, by)
    case 'left':
      return words.message.left(who, by)
    case 'renamed':
      return words.message.renamed(by, entry.name ?? '')
    default:
      return words.message.created(by)
  }
}

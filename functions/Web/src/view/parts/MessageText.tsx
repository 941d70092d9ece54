import { languageOf } from '../../words/script'

const address = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/g

/** A message as it was written; what is an address of the web can be followed. Nothing in it is ever markup. */
export function MessageText({ text }: { text: string }) {
  const parts = []
  let from = 0
  for (const hit of text.matchAll(address)) {
    parts.push(text.slice(from, hit.index))
    parts.push(<a href={hit[0]} target="_blank" rel="noopener noreferrer nofollow">{hit[0]}</a>)
    from = hit.index + hit[0].length
  }

  return <p class="message__text" dir="auto" lang={languageOf(text)}>{parts}{text.slice(from)}</p>
}

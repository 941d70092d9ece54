const address = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/g
const hangul = /\p{Script=Hangul}/u

/** A message as it was written; what is an address of the web can be followed. Nothing in it is ever markup. Korean is told apart: it breaks lines between words, and is read aloud by a Korean voice. */
export function MessageText({ text }: { text: string }) {
  const parts = []
  let from = 0
  for (const hit of text.matchAll(address)) {
    parts.push(text.slice(from, hit.index))
    parts.push(<a href={hit[0]} target="_blank" rel="noopener noreferrer nofollow">{hit[0]}</a>)
    from = hit.index + hit[0].length
  }

  return <p class="message__text" dir="auto" lang={hangul.test(text) ? 'ko' : undefined}>{parts}{text.slice(from)}</p>
}

const hangul = { first: 0xac00, last: 0xd7a3, finals: 28 }

// ㄹ: what ends in it takes the particle as if it ended in a vowel.
const rieul = 8

/** 로 or 으로, as a word's last letter wants it; undefined where that is no Korean one, and the sentence has to do without. */
export function roAfter(word: string): '로' | '으로' | undefined {
  const code = word.charCodeAt(word.length - 1)
  if (!(code >= hangul.first && code <= hangul.last)) return undefined
  const final = (code - hangul.first) % hangul.finals
  return final === 0 || final === rieul ? '로' : '으로'
}

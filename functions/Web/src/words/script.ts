const hangul = /\p{Script=Hangul}/u

/** The language that a text is marked with, whatever that of the page is. Korean is told apart: it breaks lines between words, and is read aloud by a Korean voice. */
export const languageOf = (text: string | null) => (text !== null && hangul.test(text) ? 'ko' : undefined)

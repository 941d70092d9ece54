// Reads responses' headers, a JSON array on one line, as the library does; writes what it makes of them.
import { parseRateLimit } from 'ratelimit-header-parser'

const read = JSON.parse(process.argv[2]).map((headers) => {
  const limit = parseRateLimit(new Headers(headers))
  return { ...limit, reset: Math.round((limit.reset - Date.now()) / 1000) }
})
console.log(JSON.stringify(read))

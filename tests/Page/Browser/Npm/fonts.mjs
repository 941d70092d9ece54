// Makes of the fonts of npm ones that a browser finds on its machine: web fonts are compressed by table (WOFF 1.0), installed ones are not.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { inflateSync } from 'node:zlib'

const files = join(dirname(createRequire(import.meta.url).resolve('@fontsource/pretendard/package.json')), 'files')

for (const weight of [400, 600, 700]) {
  const woff = readFileSync(join(files, `pretendard-latin-${weight}-normal.woff`))
  const count = woff.readUInt16BE(12)
  const head = Buffer.alloc(12 + 16 * count)
  const [power, parts] = [Math.floor(Math.log2(count)), [head]]
  head.writeUInt32BE(woff.readUInt32BE(4), 0)
  head.writeUInt16BE(count, 4)
  head.writeUInt16BE(16 * 2 ** power, 6)
  head.writeUInt16BE(power, 8)
  head.writeUInt16BE(16 * (count - 2 ** power), 10)
  let end = head.length
  for (let i = 0; i < count; i++) {
    const at = 44 + 20 * i
    const [offset, packed, length, sum] = [4, 8, 12, 16].map(field => woff.readUInt32BE(at + field))
    const stored = woff.subarray(offset, offset + packed)
    const table = packed < length ? inflateSync(stored) : stored
    woff.copy(head, 12 + 16 * i, at, at + 4)
    for (const [j, value] of [sum, end, length].entries()) head.writeUInt32BE(value, 16 + 16 * i + 4 * j)
    const padded = Buffer.concat([table, Buffer.alloc(-length & 3)])
    parts.push(padded)
    end += padded.length
  }

  writeFileSync(`Pretendard-${weight}.otf`, Buffer.concat(parts))
}

// fontconfig looks here before it looks where the machine's own fonts are.
writeFileSync('fonts.conf', `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">.</dir>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`)

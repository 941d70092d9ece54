// Unpacks the Chromium of npm and tells where it is.
import chromium from '@sparticuz/chromium'

console.log(await chromium.executablePath())

/** Milliseconds before the next try: exponential with full jitter (Brooker 2015, "Exponential Backoff and Jitter"), so that those who lost one head do not come back all at once. */
export function pauseAfter(failures: number, random: number, shortest = 500, longest = 30_000): number {
  return Math.floor(random * Math.min(longest, shortest * 2 ** Math.min(failures, 16)))
}

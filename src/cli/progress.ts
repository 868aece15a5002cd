/** Says on a terminal how far long work has come; elsewhere nothing. */
export interface Progress {
  /** @param total absent where nobody knows */
  show(done: number, total?: number): void
  /** Takes the line away. */
  end(): void
}

const EVERY_MS = 100
const BAR = 24

/** @param stream standard error: what a command prints on standard output may be piped on */
export function createProgress(
  what: string,
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stderr,
  now: () => number = () => performance.now(),
): Progress {
  if (!stream.isTTY) return { show: () => undefined, end: () => undefined }
  let shownMs = Number.NEGATIVE_INFINITY
  const startMs = now()
  return {
    show(done, total) {
      if (now() - shownMs < EVERY_MS) return
      shownMs = now()
      const perS = Math.round(done / Math.max(0.001, (shownMs - startMs) / 1_000))
      const share = total ? Math.min(1, done / total) : 0
      const bar = total
        ? `${'━'.repeat(Math.round(share * BAR)).padEnd(BAR, '─')} ${Math.floor(share * 100)} %  `
        : ''
      stream.write(
        `\r\u001b[K${bar}${done.toLocaleString('en')} ${what}, ${perS.toLocaleString('en')} a second`,
      )
    },
    end() {
      stream.write('\r\u001b[K')
    },
  }
}

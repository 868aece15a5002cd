/** What is used of a web stream's reader. */
interface ByteReader {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>
  cancel(): Promise<unknown>
}

/** The text, or why there is none. */
export type ReadText = { text: string; problem?: undefined } | { problem: 'too_large' | 'not_utf8' }

/** Leaves the rest of a body unread. */
export const discard = (body: Pick<ByteReader, 'cancel'>): void =>
  void body.cancel().catch(() => {
    // A body that broke is as gone as one that was cancelled.
  })

/**
 * The text of a body, of which there are never more than `maxBytes` and a chunk in memory; what is not wanted of it is not
 * read. Rejects where reading does.
 */
export async function readText(reader: ByteReader, maxBytes: number): Promise<ReadText> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (chunk?: Uint8Array): string | undefined => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined })
    } catch {
      // What it throws says no more than this.
      return undefined
    }
  }
  const refuse = (problem: 'too_large' | 'not_utf8'): ReadText => {
    discard(reader)
    return { problem }
  }
  let text = ''
  let bytes = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      bytes += value?.byteLength ?? 0
      if (bytes > maxBytes) return refuse('too_large')
      const piece = decode(done ? undefined : value)
      if (piece === undefined) return refuse('not_utf8')
      text += piece
      if (done || !value) return { text }
    }
  } catch (error) {
    discard(reader)
    throw error
  }
}

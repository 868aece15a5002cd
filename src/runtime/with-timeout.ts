/**
 * Resolves or rejects as `work` does, or rejects with what `expire` makes where that takes longer than `ms`. The work goes on,
 * watched by nobody.
 */
export async function withTimeout<T>(work: Promise<T>, ms: number, expire: () => Error): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(expire()), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

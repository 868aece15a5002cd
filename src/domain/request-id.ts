/** Whether `X-Request-Id` holds an id that may be logged and sent back as it is. */
export const isRequestId = (text: string): boolean => /^[\w-]{1,64}$/.test(text)

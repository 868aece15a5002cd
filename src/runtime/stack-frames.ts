/** Where an error was thrown, without its message, which may quote what somebody wrote. */
export const stackFrames = (error: Error): string[] | undefined =>
  error.stack?.split('\n').filter(line => line.trimStart().startsWith('at '))

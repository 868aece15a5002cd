/** `2026-11-30`. */
function parseDay(text: string): string {
  const date = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined
  if (!date || Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text)
    throw new Error('takes a date such as 2026-11-30')
  return text
}

/** From when to when; both days are within. */
export const rangeFlags = {
  since: { takes: 'DATE', parse: parseDay, help: 'the first day' },
  until: { takes: 'DATE', parse: parseDay, help: 'the last day' },
} as const

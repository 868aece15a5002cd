import type { WidgetAction } from './retry-table.js'

/**
 * What the widget does with a batch that was not answered event by event: the widget's column of the retry table as a
 * function, since the table itself would cost each page 0.4 kB. A test keeps the two equal.
 */
export const widgetAction = (status: number): WidgetAction =>
  status < 400 || status >= 500 || [408, 409, 423, 425, 429].includes(status)
    ? 'retry'
    : [401, 403, 404, 405].includes(status)
      ? 'slow'
      : 'bisect'

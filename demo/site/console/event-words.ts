/** What the widget's types of event are called here. */
const TYPES: Readonly<Record<string, string>> = {
  page_view: 'page view',
  response: 'answer',
  decline: 'refusal',
  impression: 'sight of the question',
  opt_out: 'opt-out',
}

export const eventWords = (type: string): string => TYPES[type] ?? type

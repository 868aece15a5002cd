import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'Wie wahrscheinlich ist es, dass du {product} an {target} weiterempfiehlst?',
  questionPlain: 'Wie wahrscheinlich ist es, dass du uns an {target} weiterempfiehlst?',
  target: 'Freunde oder Kollegen',
  low: 'Auf keinen Fall',
  high: 'Auf jeden Fall',
  scoreName: '{score}, wobei {min} auf keinen Fall heißt und {max} auf jeden Fall',
  promoter: 'Wunderbar! Was gefällt dir am besten?',
  passive: 'Danke dir. Was könnten wir besser machen?',
  detractor: 'Danke für deine Offenheit. Was sollten wir verbessern?',
  placeholder: 'Erzähl uns mehr (optional)',
  send: 'Senden',
  failed: 'Das hat nicht geklappt. Versuch es bitte noch mal.',
  thanks: 'Vielen Dank für deine Antwort!',
  close: 'Schließen',
  announce: 'Wir haben eine Frage an dich, am Ende dieser Seite: {question}',
  share: 'Ihr dürft meinen Kommentar weitergeben',
  optOut: 'Frag mich nicht mehr',
  optedOut: 'Wir fragen dich nicht mehr.',
  shareOn: 'Auf {network} teilen',
  newTab: 'öffnet sich in einem neuen Tab',
})

import type { Words } from './messages.js'

export const words: Words = [
  'Wie wahrscheinlich ist es, dass du {product} an {target} weiterempfiehlst?',
  'Wie wahrscheinlich ist es, dass du uns an {target} weiterempfiehlst?',
  'Freunde oder Kollegen',
  'Auf keinen Fall',
  'Auf jeden Fall',
  '{score}, wobei {min} auf keinen Fall heißt und {max} auf jeden Fall',
  'Wunderbar! Was gefällt dir am besten?',
  'Danke dir. Was könnten wir besser machen?',
  'Danke für deine Offenheit. Was sollten wir verbessern?',
  'Erzähl uns mehr (optional)',
  'Senden',
  'Das hat nicht geklappt. Versuch es bitte noch mal.',
  'Vielen Dank für deine Antwort!',
  'Schließen',
  'Wir haben eine Frage an dich, am Ende dieser Seite: {question}',
  'Ihr dürft meinen Kommentar weitergeben',
  'Frag mich nicht mehr',
  'Wir fragen dich nicht mehr.',
  'Auf {network} teilen',
  'öffnet sich in einem neuen Tab',
]

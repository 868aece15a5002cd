import type { Words } from './messages.js'

export const words: Words = [
  'Wie wahrscheinlich ist es, dass Sie {product} an {target} weiterempfehlen?',
  'Wie wahrscheinlich ist es, dass Sie uns an {target} weiterempfehlen?',
  'Freunde oder Kollegen',
  'Auf keinen Fall',
  'Auf jeden Fall',
  '{score}, wobei {min} auf keinen Fall heißt und {max} auf jeden Fall',
  'Wunderbar! Was gefällt Ihnen am besten?',
  'Vielen Dank. Was könnten wir besser machen?',
  'Danke für Ihre Offenheit. Was sollten wir verbessern?',
  'Erzählen Sie mehr (optional)',
  'Senden',
  'Das hat nicht geklappt. Bitte erneut versuchen.',
  'Vielen Dank für Ihre Antwort!',
  'Schließen',
  'Wir haben eine Frage an Sie, am Ende dieser Seite: {question}',
  'Sie dürfen meinen Kommentar weitergeben',
  'Nicht mehr fragen',
  'Wir fragen Sie nicht mehr.',
  'Auf {network} teilen',
  'öffnet sich in einem neuen Tab',
]

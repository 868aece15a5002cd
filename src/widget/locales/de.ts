import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'Wie wahrscheinlich ist es, dass Sie {product} an {target} weiterempfehlen?',
  questionPlain: 'Wie wahrscheinlich ist es, dass Sie uns an {target} weiterempfehlen?',
  target: 'Freunde oder Kollegen',
  low: 'Auf keinen Fall',
  high: 'Auf jeden Fall',
  scoreName: '{score}, wobei {min} auf keinen Fall heißt und {max} auf jeden Fall',
  promoter: 'Wunderbar! Was gefällt Ihnen am besten?',
  passive: 'Vielen Dank. Was könnten wir besser machen?',
  detractor: 'Danke für Ihre Offenheit. Was sollten wir verbessern?',
  placeholder: 'Erzählen Sie mehr (optional)',
  send: 'Senden',
  failed: 'Das hat nicht geklappt. Bitte erneut versuchen.',
  thanks: 'Vielen Dank für Ihre Antwort!',
  close: 'Schließen',
  announce: 'Wir haben eine Frage an Sie, am Ende dieser Seite: {question}',
  share: 'Sie dürfen meinen Kommentar weitergeben',
  optOut: 'Nicht mehr fragen',
  optedOut: 'Wir fragen Sie nicht mehr.',
  shareOn: 'Auf {network} teilen',
  newTab: 'öffnet sich in einem neuen Tab',
})

import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'Hvor sandsynligt er det, at du vil anbefale {product} til {target}?',
  questionPlain: 'Hvor sandsynligt er det, at du vil anbefale os til {target}?',
  target: 'en ven eller kollega',
  low: 'Helt sikkert ikke',
  high: 'Helt sikkert',
  scoreName: '{score}, hvor {min} er helt sikkert ikke, og {max} er helt sikkert',
  promoter: 'Dejligt! Hvad kan du bedst lide?',
  passive: 'Tak. Hvad kunne vi gøre bedre?',
  detractor: 'Tak for din ærlighed. Hvad bør vi forbedre?',
  placeholder: 'Fortæl os mere (valgfrit)',
  send: 'Send',
  failed: 'Det lykkedes ikke. Prøv igen.',
  thanks: 'Tak for dit svar!',
  close: 'Luk',
  announce: 'Vi har et spørgsmål til dig nederst på siden: {question}',
  share: 'I må gerne dele min kommentar med andre',
  optOut: 'Spørg mig ikke igen',
  optedOut: 'Vi spørger dig ikke igen.',
  shareOn: 'Del på {network}',
  newTab: 'åbner i en ny fane',
})

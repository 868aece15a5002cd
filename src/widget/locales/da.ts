import type { Words } from './messages.js'

export const words: Words = [
  'Hvor sandsynligt er det, at du vil anbefale {product} til {target}?',
  'Hvor sandsynligt er det, at du vil anbefale os til {target}?',
  'en ven eller kollega',
  'Helt sikkert ikke',
  'Helt sikkert',
  '{score}, hvor {min} er helt sikkert ikke, og {max} er helt sikkert',
  'Dejligt! Hvad kan du bedst lide?',
  'Tak. Hvad kunne vi gøre bedre?',
  'Tak for din ærlighed. Hvad bør vi forbedre?',
  'Fortæl os mere (valgfrit)',
  'Send',
  'Det lykkedes ikke. Prøv igen.',
  'Tak for dit svar!',
  'Luk',
  'Vi har et spørgsmål til dig nederst på siden: {question}',
  'I må gerne dele min kommentar med andre',
  'Spørg mig ikke igen',
  'Vi spørger dig ikke igen.',
  'Del på {network}',
  'åbner i en ny fane',
]

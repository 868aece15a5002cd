import type { Words } from './messages.js'

export const words: Words = [
  'Hvor sannsynlig er det at du vil anbefale {product} til {target}?',
  'Hvor sannsynlig er det at du vil anbefale oss til {target}?',
  'en venn eller kollega',
  'Helt sikkert ikke',
  'Helt sikkert',
  '{score}, der {min} er helt sikkert ikke og {max} er helt sikkert',
  'Så bra! Hva liker du best?',
  'Takk. Hva kan vi gjøre bedre?',
  'Takk for at du er ærlig. Hva bør vi forbedre?',
  'Fortell oss mer (valgfritt)',
  'Send',
  'Det gikk ikke. Prøv igjen.',
  'Takk for svaret ditt!',
  'Lukk',
  'Vi har et spørsmål til deg nederst på siden: {question}',
  'Dere kan dele kommentaren min med andre',
  'Ikke spør meg igjen',
  'Vi spør deg ikke igjen.',
  'Del på {network}',
  'åpnes i en ny fane',
]

import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'Hvor sannsynlig er det at du vil anbefale {product} til {target}?',
  questionPlain: 'Hvor sannsynlig er det at du vil anbefale oss til {target}?',
  target: 'en venn eller kollega',
  low: 'Helt sikkert ikke',
  high: 'Helt sikkert',
  scoreName: '{score}, der {min} er helt sikkert ikke og {max} er helt sikkert',
  promoter: 'Så bra! Hva liker du best?',
  passive: 'Takk. Hva kan vi gjøre bedre?',
  detractor: 'Takk for at du er ærlig. Hva bør vi forbedre?',
  placeholder: 'Fortell oss mer (valgfritt)',
  send: 'Send',
  failed: 'Det gikk ikke. Prøv igjen.',
  thanks: 'Takk for svaret ditt!',
  close: 'Lukk',
  announce: 'Vi har et spørsmål til deg nederst på siden: {question}',
  share: 'Dere kan dele kommentaren min med andre',
  optOut: 'Ikke spør meg igjen',
  optedOut: 'Vi spør deg ikke igjen.',
  shareOn: 'Del på {network}',
  newTab: 'åpnes i en ny fane',
})

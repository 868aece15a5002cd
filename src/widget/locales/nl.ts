import type { Words } from './messages.js'

export const words: Words = [
  'Hoe waarschijnlijk is het dat u {product} zou aanbevelen aan {target}?',
  'Hoe waarschijnlijk is het dat u ons zou aanbevelen aan {target}?',
  'een vriend of collega',
  'Zeker niet',
  'Zeker wel',
  '{score}, waarbij {min} zeker niet is en {max} zeker wel',
  'Geweldig! Wat bevalt u het best?',
  'Bedankt. Wat kunnen we beter doen?',
  'Bedankt voor uw eerlijkheid. Wat moeten we verbeteren?',
  'Vertel ons meer (optioneel)',
  'Versturen',
  'Dat is niet gelukt. Probeer het nog eens.',
  'Bedankt voor uw antwoord!',
  'Sluiten',
  'We hebben een vraag voor u, onderaan deze pagina: {question}',
  'U mag mijn reactie met anderen delen',
  'Niet meer vragen',
  'We vragen het u niet meer.',
  'Delen op {network}',
  'opent in een nieuw tabblad',
]

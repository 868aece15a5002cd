import type { Words } from './messages.js'

export const words: Words = [
  'Hoe waarschijnlijk is het dat je {product} zou aanbevelen aan {target}?',
  'Hoe waarschijnlijk is het dat je ons zou aanbevelen aan {target}?',
  'een vriend of collega',
  'Zeker niet',
  'Zeker wel',
  '{score}, waarbij {min} zeker niet is en {max} zeker wel',
  'Geweldig! Wat bevalt je het best?',
  'Dank je. Wat kunnen we beter doen?',
  'Bedankt voor je eerlijkheid. Wat moeten we verbeteren?',
  'Vertel ons meer (optioneel)',
  'Versturen',
  'Dat is niet gelukt. Probeer het nog eens.',
  'Bedankt voor je antwoord!',
  'Sluiten',
  'We hebben een vraag voor je, onderaan deze pagina: {question}',
  'Je mag mijn reactie met anderen delen',
  'Vraag het me niet meer',
  'We vragen het je niet meer.',
  'Delen op {network}',
  'opent in een nieuw tabblad',
]

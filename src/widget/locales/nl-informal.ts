import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'Hoe waarschijnlijk is het dat je {product} zou aanbevelen aan {target}?',
  questionPlain: 'Hoe waarschijnlijk is het dat je ons zou aanbevelen aan {target}?',
  target: 'een vriend of collega',
  low: 'Zeker niet',
  high: 'Zeker wel',
  scoreName: '{score}, waarbij {min} zeker niet is en {max} zeker wel',
  promoter: 'Geweldig! Wat bevalt je het best?',
  passive: 'Dank je. Wat kunnen we beter doen?',
  detractor: 'Bedankt voor je eerlijkheid. Wat moeten we verbeteren?',
  placeholder: 'Vertel ons meer (optioneel)',
  send: 'Versturen',
  failed: 'Dat is niet gelukt. Probeer het nog eens.',
  thanks: 'Bedankt voor je antwoord!',
  close: 'Sluiten',
  announce: 'We hebben een vraag voor je, onderaan deze pagina: {question}',
  share: 'Je mag mijn reactie met anderen delen',
  optOut: 'Vraag het me niet meer',
  optedOut: 'We vragen het je niet meer.',
  shareOn: 'Delen op {network}',
  newTab: 'opent in een nieuw tabblad',
})

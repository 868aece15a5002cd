import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'Hoe waarschijnlijk is het dat u {product} zou aanbevelen aan {target}?',
  questionPlain: 'Hoe waarschijnlijk is het dat u ons zou aanbevelen aan {target}?',
  target: 'een vriend of collega',
  low: 'Zeker niet',
  high: 'Zeker wel',
  scoreName: '{score}, waarbij {min} zeker niet is en {max} zeker wel',
  promoter: 'Geweldig! Wat bevalt u het best?',
  passive: 'Bedankt. Wat kunnen we beter doen?',
  detractor: 'Bedankt voor uw eerlijkheid. Wat moeten we verbeteren?',
  placeholder: 'Vertel ons meer (optioneel)',
  send: 'Versturen',
  failed: 'Dat is niet gelukt. Probeer het nog eens.',
  thanks: 'Bedankt voor uw antwoord!',
  close: 'Sluiten',
  announce: 'We hebben een vraag voor u, onderaan deze pagina: {question}',
  share: 'U mag mijn reactie met anderen delen',
  optOut: 'Niet meer vragen',
  optedOut: 'We vragen het u niet meer.',
  shareOn: 'Delen op {network}',
  newTab: 'opent in een nieuw tabblad',
})

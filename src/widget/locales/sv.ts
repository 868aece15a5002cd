import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'Hur sannolikt är det att du skulle rekommendera {product} till {target}?',
  questionPlain: 'Hur sannolikt är det att du skulle rekommendera oss till {target}?',
  target: 'en vän eller kollega',
  low: 'Helt säkert inte',
  high: 'Helt säkert',
  scoreName: '{score}, där {min} är helt säkert inte och {max} är helt säkert',
  promoter: 'Härligt! Vad uppskattar du mest?',
  passive: 'Tack. Vad kan vi göra bättre?',
  detractor: 'Tack för din uppriktighet. Vad bör vi förbättra?',
  placeholder: 'Berätta mer (valfritt)',
  send: 'Skicka',
  failed: 'Det gick inte. Försök igen.',
  thanks: 'Tack för ditt svar!',
  close: 'Stäng',
  announce: 'Vi har en fråga till dig längst ned på sidan: {question}',
  share: 'Ni får dela min kommentar med andra',
  optOut: 'Fråga mig inte igen',
  optedOut: 'Vi frågar dig inte igen.',
  shareOn: 'Dela på {network}',
  newTab: 'öppnas i en ny flik',
})

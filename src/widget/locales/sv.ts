import type { Words } from './messages.js'

export const words: Words = [
  'Hur sannolikt är det att du skulle rekommendera {product} till {target}?',
  'Hur sannolikt är det att du skulle rekommendera oss till {target}?',
  'en vän eller kollega',
  'Helt säkert inte',
  'Helt säkert',
  '{score}, där {min} är helt säkert inte och {max} är helt säkert',
  'Härligt! Vad uppskattar du mest?',
  'Tack. Vad kan vi göra bättre?',
  'Tack för din uppriktighet. Vad bör vi förbättra?',
  'Berätta mer (valfritt)',
  'Skicka',
  'Det gick inte. Försök igen.',
  'Tack för ditt svar!',
  'Stäng',
  'Vi har en fråga till dig längst ned på sidan: {question}',
  'Ni får dela min kommentar med andra',
  'Fråga mig inte igen',
  'Vi frågar dig inte igen.',
  'Dela på {network}',
  'öppnas i en ny flik',
]

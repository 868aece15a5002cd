import { inOrder } from './messages.js'

export const words = inOrder({
  question: '{product} – mennyire valószínű, hogy {target} figyelmébe ajánlaná?',
  questionPlain: 'Mennyire valószínű, hogy {target} figyelmébe ajánlana minket?',
  target: 'egy barátja vagy kollégája',
  low: 'Biztosan nem',
  high: 'Biztosan igen',
  scoreName: '{score}, ahol {min}: biztosan nem, {max}: biztosan igen',
  promoter: 'Nagyszerű! Mi tetszik Önnek a legjobban?',
  passive: 'Köszönjük. Mit csinálhatnánk jobban?',
  detractor: 'Köszönjük az őszinteségét. Min kellene javítanunk?',
  placeholder: 'Írjon bővebben (nem kötelező)',
  send: 'Küldés',
  failed: 'Nem sikerült. Kérjük, próbálja újra.',
  thanks: 'Köszönjük a válaszát!',
  close: 'Bezárás',
  announce: 'Kérdésünk van Önhöz az oldal végén: {question}',
  share: 'A megjegyzésem megosztható másokkal',
  optOut: 'Ne kérdezzenek többet',
  optedOut: 'Nem kérdezzük meg újra.',
  shareOn: 'Megosztás itt: {network}',
  newTab: 'új lapon nyílik meg',
})

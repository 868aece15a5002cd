import type { Words } from './messages.js'

export const words: Words = [
  '{product} – mennyire valószínű, hogy {target} figyelmébe ajánlaná?',
  'Mennyire valószínű, hogy {target} figyelmébe ajánlana minket?',
  'egy barátja vagy kollégája',
  'Biztosan nem',
  'Biztosan igen',
  '{score}, ahol {min}: biztosan nem, {max}: biztosan igen',
  'Nagyszerű! Mi tetszik Önnek a legjobban?',
  'Köszönjük. Mit csinálhatnánk jobban?',
  'Köszönjük az őszinteségét. Min kellene javítanunk?',
  'Írjon bővebben (nem kötelező)',
  'Küldés',
  'Nem sikerült. Kérjük, próbálja újra.',
  'Köszönjük a válaszát!',
  'Bezárás',
  'Kérdésünk van Önhöz az oldal végén: {question}',
  'A megjegyzésem megosztható másokkal',
  'Ne kérdezzenek többet',
  'Nem kérdezzük meg újra.',
  'Megosztás itt: {network}',
  'új lapon nyílik meg',
]

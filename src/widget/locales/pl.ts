import type { Words } from './messages.js'

export const words: Words = [
  'Na ile prawdopodobne jest, że polecą Państwo markę {product} {target}?',
  'Na ile prawdopodobne jest, że polecą nas Państwo {target}?',
  'znajomym lub współpracownikom',
  'Na pewno nie',
  'Na pewno tak',
  '{score}, gdzie {min} to na pewno nie, a {max} to na pewno tak',
  'Wspaniale! Co podoba się Państwu najbardziej?',
  'Dziękujemy. Co moglibyśmy robić lepiej?',
  'Dziękujemy za szczerość. Co powinniśmy poprawić?',
  'Komentarz (opcjonalny)',
  'Wyślij',
  'Nie udało się wysłać. Prosimy spróbować ponownie.',
  'Dziękujemy za odpowiedź!',
  'Zamknij',
  'Mamy do Państwa pytanie na końcu tej strony: {question}',
  'Mój komentarz można udostępniać innym',
  'Nie pytaj ponownie',
  'Nie będziemy więcej pytać.',
  'Udostępnij przez {network}',
  'otwiera się w nowej karcie',
]

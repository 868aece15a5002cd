import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'Na ile prawdopodobne jest, że polecą Państwo markę {product} {target}?',
  questionPlain: 'Na ile prawdopodobne jest, że polecą nas Państwo {target}?',
  target: 'znajomym lub współpracownikom',
  low: 'Na pewno nie',
  high: 'Na pewno tak',
  scoreName: '{score}, gdzie {min} to na pewno nie, a {max} to na pewno tak',
  promoter: 'Wspaniale! Co podoba się Państwu najbardziej?',
  passive: 'Dziękujemy. Co moglibyśmy robić lepiej?',
  detractor: 'Dziękujemy za szczerość. Co powinniśmy poprawić?',
  placeholder: 'Komentarz (opcjonalny)',
  send: 'Wyślij',
  failed: 'Nie udało się wysłać. Prosimy spróbować ponownie.',
  thanks: 'Dziękujemy za odpowiedź!',
  close: 'Zamknij',
  announce: 'Mamy do Państwa pytanie na końcu tej strony: {question}',
  share: 'Mój komentarz można udostępniać innym',
  optOut: 'Nie pytaj ponownie',
  optedOut: 'Nie będziemy więcej pytać.',
  shareOn: 'Udostępnij przez {network}',
  newTab: 'otwiera się w nowej karcie',
})

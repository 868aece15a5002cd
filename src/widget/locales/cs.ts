import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'Jak pravděpodobné je, že službu {product} doporučíte {target}?',
  questionPlain: 'Jak pravděpodobné je, že nás doporučíte {target}?',
  target: 'přátelům nebo kolegům',
  low: 'Určitě ne',
  high: 'Určitě ano',
  scoreName: '{score}, kde {min} je určitě ne a {max} je určitě ano',
  promoter: 'Skvělé! Co se vám líbí nejvíc?',
  passive: 'Děkujeme. Co bychom mohli dělat lépe?',
  detractor: 'Děkujeme za upřímnost. Co bychom měli zlepšit?',
  placeholder: 'Řekněte nám víc (nepovinné)',
  send: 'Odeslat',
  failed: 'Nepodařilo se odeslat. Zkuste to prosím znovu.',
  thanks: 'Děkujeme za odpověď!',
  close: 'Zavřít',
  announce: 'Na konci této stránky pro vás máme otázku: {question}',
  share: 'Můj komentář smíte ukázat ostatním',
  optOut: 'Už se neptat',
  optedOut: 'Znovu se ptát nebudeme.',
  shareOn: 'Sdílet přes {network}',
  newTab: 'otevře se na nové kartě',
})

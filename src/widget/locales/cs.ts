import type { Words } from './messages.js'

export const words: Words = [
  'Jak pravděpodobné je, že službu {product} doporučíte {target}?',
  'Jak pravděpodobné je, že nás doporučíte {target}?',
  'přátelům nebo kolegům',
  'Určitě ne',
  'Určitě ano',
  '{score}, kde {min} je určitě ne a {max} je určitě ano',
  'Skvělé! Co se vám líbí nejvíc?',
  'Děkujeme. Co bychom mohli dělat lépe?',
  'Děkujeme za upřímnost. Co bychom měli zlepšit?',
  'Řekněte nám víc (nepovinné)',
  'Odeslat',
  'Nepodařilo se odeslat. Zkuste to prosím znovu.',
  'Děkujeme za odpověď!',
  'Zavřít',
  'Na konci této stránky pro vás máme otázku: {question}',
  'Můj komentář smíte ukázat ostatním',
  'Už se neptat',
  'Znovu se ptát nebudeme.',
  'Sdílet přes {network}',
  'otevře se na nové kartě',
]

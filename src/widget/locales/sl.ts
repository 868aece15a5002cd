import type { Words } from './messages.js'

export const words: Words = [
  'Kako verjetno je, da bi storitev {product} priporočili {target}?',
  'Kako verjetno je, da bi nas priporočili {target}?',
  'prijatelju ali sodelavcu',
  'Zagotovo ne',
  'Zagotovo da',
  '{score}, pri čemer {min} pomeni zagotovo ne, {max} pa zagotovo da',
  'Čudovito! Kaj vam je najbolj všeč?',
  'Hvala. Kaj bi lahko naredili bolje?',
  'Hvala za iskrenost. Kaj naj izboljšamo?',
  'Povejte nam več (neobvezno)',
  'Pošlji',
  'Pošiljanje ni uspelo. Poskusite znova.',
  'Hvala za vaš odgovor!',
  'Zapri',
  'Na koncu te strani imamo vprašanje za vas: {question}',
  'Moj komentar lahko delite z drugimi',
  'Ne sprašujte več',
  'Ne bomo vas več spraševali.',
  'Deli v omrežju {network}',
  'odpre se v novem zavihku',
]

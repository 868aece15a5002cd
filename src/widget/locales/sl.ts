import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'Kako verjetno je, da bi storitev {product} priporočili {target}?',
  questionPlain: 'Kako verjetno je, da bi nas priporočili {target}?',
  target: 'prijatelju ali sodelavcu',
  low: 'Zagotovo ne',
  high: 'Zagotovo da',
  scoreName: '{score}, pri čemer {min} pomeni zagotovo ne, {max} pa zagotovo da',
  promoter: 'Čudovito! Kaj vam je najbolj všeč?',
  passive: 'Hvala. Kaj bi lahko naredili bolje?',
  detractor: 'Hvala za iskrenost. Kaj naj izboljšamo?',
  placeholder: 'Povejte nam več (neobvezno)',
  send: 'Pošlji',
  failed: 'Pošiljanje ni uspelo. Poskusite znova.',
  thanks: 'Hvala za vaš odgovor!',
  close: 'Zapri',
  announce: 'Na koncu te strani imamo vprašanje za vas: {question}',
  share: 'Moj komentar lahko delite z drugimi',
  optOut: 'Ne sprašujte več',
  optedOut: 'Ne bomo vas več spraševali.',
  shareOn: 'Deli v omrežju {network}',
  newTab: 'odpre se v novem zavihku',
})

import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'Cât de probabil este să recomandați {product} {target}?',
  questionPlain: 'Cât de probabil este să ne recomandați {target}?',
  target: 'unui prieten sau coleg',
  low: 'Sigur nu',
  high: 'Sigur da',
  scoreName: '{score}, unde {min} înseamnă sigur nu, iar {max} sigur da',
  promoter: 'Minunat! Ce vă place cel mai mult?',
  passive: 'Vă mulțumim. Ce am putea face mai bine?',
  detractor: 'Mulțumim pentru sinceritate. Ce ar trebui să îmbunătățim?',
  placeholder: 'Spuneți mai multe (opțional)',
  send: 'Trimiteți',
  failed: 'Nu a funcționat. Vă rugăm să încercați din nou.',
  thanks: 'Vă mulțumim pentru răspuns!',
  close: 'Închideți',
  announce: 'Avem o întrebare pentru dumneavoastră la sfârșitul acestei pagini: {question}',
  share: 'Puteți arăta altora comentariul meu',
  optOut: 'Nu mă mai întrebați',
  optedOut: 'Nu vă vom mai întreba.',
  shareOn: 'Distribuiți pe {network}',
  newTab: 'se deschide într-o filă nouă',
})

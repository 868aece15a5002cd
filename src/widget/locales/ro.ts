import type { Words } from './messages.js'

export const words: Words = [
  'Cât de probabil este să recomandați {product} {target}?',
  'Cât de probabil este să ne recomandați {target}?',
  'unui prieten sau coleg',
  'Sigur nu',
  'Sigur da',
  '{score}, unde {min} înseamnă sigur nu, iar {max} sigur da',
  'Minunat! Ce vă place cel mai mult?',
  'Vă mulțumim. Ce am putea face mai bine?',
  'Mulțumim pentru sinceritate. Ce ar trebui să îmbunătățim?',
  'Spuneți mai multe (opțional)',
  'Trimiteți',
  'Nu a funcționat. Vă rugăm să încercați din nou.',
  'Vă mulțumim pentru răspuns!',
  'Închideți',
  'Avem o întrebare pentru dumneavoastră la sfârșitul acestei pagini: {question}',
  'Puteți arăta altora comentariul meu',
  'Nu mă mai întrebați',
  'Nu vă vom mai întreba.',
  'Distribuiți pe {network}',
  'se deschide într-o filă nouă',
]

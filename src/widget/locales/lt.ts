import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'Kiek tikėtina, kad rekomenduosite paslaugą {product} {target}?',
  questionPlain: 'Kiek tikėtina, kad rekomenduosite mus {target}?',
  target: 'draugui ar kolegai',
  low: 'Tikrai ne',
  high: 'Tikrai taip',
  scoreName: '{score}, kai {min} reiškia tikrai ne, o {max} – tikrai taip',
  promoter: 'Puiku! Kas jums labiausiai patinka?',
  passive: 'Dėkojame. Ką galėtume daryti geriau?',
  detractor: 'Dėkojame už atvirumą. Ką turėtume patobulinti?',
  placeholder: 'Jūsų komentaras (neprivaloma)',
  send: 'Siųsti',
  failed: 'Nepavyko išsiųsti. Bandykite dar kartą.',
  thanks: 'Dėkojame už atsakymą!',
  close: 'Uždaryti',
  announce: 'Šio puslapio pabaigoje turime jums klausimą: {question}',
  share: 'Mano komentarą galima rodyti kitiems',
  optOut: 'Daugiau neklausti',
  optedOut: 'Daugiau jūsų neklausime.',
  shareOn: 'Dalytis per {network}',
  newTab: 'atsidaro naujame skirtuke',
})

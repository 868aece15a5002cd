import type { Words } from './messages.js'

export const words: Words = [
  'Kiek tikėtina, kad rekomenduosite paslaugą {product} {target}?',
  'Kiek tikėtina, kad rekomenduosite mus {target}?',
  'draugui ar kolegai',
  'Tikrai ne',
  'Tikrai taip',
  '{score}, kai {min} reiškia tikrai ne, o {max} – tikrai taip',
  'Puiku! Kas jums labiausiai patinka?',
  'Dėkojame. Ką galėtume daryti geriau?',
  'Dėkojame už atvirumą. Ką turėtume patobulinti?',
  'Jūsų komentaras (neprivaloma)',
  'Siųsti',
  'Nepavyko išsiųsti. Bandykite dar kartą.',
  'Dėkojame už atsakymą!',
  'Uždaryti',
  'Šio puslapio pabaigoje turime jums klausimą: {question}',
  'Mano komentarą galima rodyti kitiems',
  'Daugiau neklausti',
  'Daugiau jūsų neklausime.',
  'Dalytis per {network}',
  'atsidaro naujame skirtuke',
]

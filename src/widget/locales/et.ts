import type { Words } from './messages.js'

export const words: Words = [
  'Kui tõenäoliselt soovitaksite teenust {product} {target}?',
  'Kui tõenäoliselt soovitaksite meid {target}?',
  'sõbrale või kolleegile',
  'Kindlasti mitte',
  'Kindlasti jah',
  '{score}, kus {min} on kindlasti mitte ja {max} on kindlasti jah',
  'Suurepärane! Mis teile kõige rohkem meeldib?',
  'Täname. Mida saaksime paremini teha?',
  'Täname avameelsuse eest. Mida peaksime parandama?',
  'Soovi korral lisage kommentaar',
  'Saada',
  'Saatmine ebaõnnestus. Palun proovige uuesti.',
  'Täname vastuse eest!',
  'Sulge',
  'Meil on teile selle lehe lõpus küsimus: {question}',
  'Minu kommentaari võib teistega jagada',
  'Ärge enam küsige',
  'Me ei küsi teilt enam.',
  'Jaga võrgustikus {network}',
  'avaneb uuel vahelehel',
]

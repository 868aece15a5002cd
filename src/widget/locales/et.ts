import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'Kui tõenäoliselt soovitaksite teenust {product} {target}?',
  questionPlain: 'Kui tõenäoliselt soovitaksite meid {target}?',
  target: 'sõbrale või kolleegile',
  low: 'Kindlasti mitte',
  high: 'Kindlasti jah',
  scoreName: '{score}, kus {min} on kindlasti mitte ja {max} on kindlasti jah',
  promoter: 'Suurepärane! Mis teile kõige rohkem meeldib?',
  passive: 'Täname. Mida saaksime paremini teha?',
  detractor: 'Täname avameelsuse eest. Mida peaksime parandama?',
  placeholder: 'Soovi korral lisage kommentaar',
  send: 'Saada',
  failed: 'Saatmine ebaõnnestus. Palun proovige uuesti.',
  thanks: 'Täname vastuse eest!',
  close: 'Sulge',
  announce: 'Meil on teile selle lehe lõpus küsimus: {question}',
  share: 'Minu kommentaari võib teistega jagada',
  optOut: 'Ärge enam küsige',
  optedOut: 'Me ei küsi teilt enam.',
  shareOn: 'Jaga võrgustikus {network}',
  newTab: 'avaneb uuel vahelehel',
})

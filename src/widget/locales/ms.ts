import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'Sejauh manakah kemungkinan anda mengesyorkan {product} kepada {target}?',
  questionPlain: 'Sejauh manakah kemungkinan anda mengesyorkan kami kepada {target}?',
  target: 'rakan atau rakan sekerja',
  low: 'Pasti tidak',
  high: 'Pasti ya',
  scoreName: '{score}, dengan {min} bermaksud pasti tidak dan {max} bermaksud pasti ya',
  promoter: 'Hebat! Apa yang paling anda suka?',
  passive: 'Terima kasih. Apa yang boleh kami buat dengan lebih baik?',
  detractor: 'Terima kasih kerana jujur. Apa yang perlu diperbaiki?',
  placeholder: 'Komen anda (tidak wajib)',
  send: 'Hantar',
  failed: 'Tidak berjaya dihantar. Sila cuba lagi.',
  thanks: 'Terima kasih kerana menjawab!',
  close: 'Tutup',
  announce: 'Kami ada soalan untuk anda di akhir halaman ini: {question}',
  share: 'Komen saya boleh dikongsikan',
  optOut: 'Jangan tanya saya lagi',
  optedOut: 'Kami tidak akan bertanya lagi.',
  shareOn: 'Kongsi di {network}',
  newTab: 'dibuka dalam tab baharu',
})

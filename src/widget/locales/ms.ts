import type { Words } from './messages.js'

export const words: Words = [
  'Sejauh manakah kemungkinan anda mengesyorkan {product} kepada {target}?',
  'Sejauh manakah kemungkinan anda mengesyorkan kami kepada {target}?',
  'rakan atau rakan sekerja',
  'Pasti tidak',
  'Pasti ya',
  '{score}, dengan {min} bermaksud pasti tidak dan {max} bermaksud pasti ya',
  'Hebat! Apa yang paling anda suka?',
  'Terima kasih. Apa yang boleh kami buat dengan lebih baik?',
  'Terima kasih kerana jujur. Apa yang perlu diperbaiki?',
  'Komen anda (tidak wajib)',
  'Hantar',
  'Tidak berjaya dihantar. Sila cuba lagi.',
  'Terima kasih kerana menjawab!',
  'Tutup',
  'Kami ada soalan untuk anda di akhir halaman ini: {question}',
  'Komen saya boleh dikongsikan',
  'Jangan tanya saya lagi',
  'Kami tidak akan bertanya lagi.',
  'Kongsi di {network}',
  'dibuka dalam tab baharu',
]

import type { Words } from './messages.js'

export const words: Words = [
  'Seberapa besar kemungkinan Anda merekomendasikan {product} kepada {target}?',
  'Seberapa besar kemungkinan Anda merekomendasikan kami kepada {target}?',
  'teman atau rekan kerja',
  'Pasti tidak',
  'Pasti ya',
  '{score}, dengan {min} berarti pasti tidak dan {max} berarti pasti ya',
  'Luar biasa! Apa yang paling Anda sukai?',
  'Terima kasih. Apa yang bisa kami lakukan lebih baik?',
  'Terima kasih atas kejujurannya. Apa yang perlu diperbaiki?',
  'Ceritakan di sini (opsional)',
  'Kirim',
  'Gagal terkirim. Silakan coba lagi.',
  'Terima kasih atas jawabannya!',
  'Tutup',
  'Kami punya pertanyaan untuk Anda di akhir halaman ini: {question}',
  'Komentar saya boleh dibagikan',
  'Jangan tanya saya lagi',
  'Kami tidak akan bertanya lagi.',
  'Bagikan di {network}',
  'dibuka di tab baru',
]

import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'Seberapa besar kemungkinan Anda merekomendasikan {product} kepada {target}?',
  questionPlain: 'Seberapa besar kemungkinan Anda merekomendasikan kami kepada {target}?',
  target: 'teman atau rekan kerja',
  low: 'Pasti tidak',
  high: 'Pasti ya',
  scoreName: '{score}, dengan {min} berarti pasti tidak dan {max} berarti pasti ya',
  promoter: 'Luar biasa! Apa yang paling Anda sukai?',
  passive: 'Terima kasih. Apa yang bisa kami lakukan lebih baik?',
  detractor: 'Terima kasih atas kejujurannya. Apa yang perlu diperbaiki?',
  placeholder: 'Ceritakan di sini (opsional)',
  send: 'Kirim',
  failed: 'Gagal terkirim. Silakan coba lagi.',
  thanks: 'Terima kasih atas jawabannya!',
  close: 'Tutup',
  announce: 'Kami punya pertanyaan untuk Anda di akhir halaman ini: {question}',
  share: 'Komentar saya boleh dibagikan',
  optOut: 'Jangan tanya saya lagi',
  optedOut: 'Kami tidak akan bertanya lagi.',
  shareOn: 'Bagikan di {network}',
  newTab: 'dibuka di tab baru',
})

import type { Words } from './messages.js'

export const words: Words = [
  '{product} markasını {target} önerme olasılığınız nedir?',
  'Bizi {target} önerme olasılığınız nedir?',
  'arkadaş veya meslektaşlarınıza',
  'Kesinlikle önermem',
  'Kesinlikle öneririm',
  '{score}; burada {min} kesinlikle önermem, {max} kesinlikle öneririm demek',
  'Harika! En çok neyi beğeniyorsunuz?',
  'Teşekkür ederiz. Neyi daha iyi yapabiliriz?',
  'Açık sözlülüğünüz için teşekkürler. Neyi iyileştirelim?',
  'Yorumunuz (isteğe bağlı)',
  'Gönder',
  'Gönderilemedi. Lütfen tekrar deneyin.',
  'Yanıtınız için teşekkürler!',
  'Kapat',
  'Bu sayfanın sonunda size bir sorumuz var: {question}',
  'Yorumumu başkalarıyla paylaşabilirsiniz',
  'Bana bir daha sormayın',
  'Size bir daha sormayacağız.',
  '{network} üzerinde paylaş',
  'yeni sekmede açılır',
]

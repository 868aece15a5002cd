import { inOrder } from './messages.js'

export const words = inOrder({
  question: '{product} markasını {target} önerme olasılığınız nedir?',
  questionPlain: 'Bizi {target} önerme olasılığınız nedir?',
  target: 'arkadaş veya meslektaşlarınıza',
  low: 'Kesinlikle önermem',
  high: 'Kesinlikle öneririm',
  scoreName: '{score}; burada {min} kesinlikle önermem, {max} kesinlikle öneririm demek',
  promoter: 'Harika! En çok neyi beğeniyorsunuz?',
  passive: 'Teşekkür ederiz. Neyi daha iyi yapabiliriz?',
  detractor: 'Açık sözlülüğünüz için teşekkürler. Neyi iyileştirelim?',
  placeholder: 'Yorumunuz (isteğe bağlı)',
  send: 'Gönder',
  failed: 'Gönderilemedi. Lütfen tekrar deneyin.',
  thanks: 'Yanıtınız için teşekkürler!',
  close: 'Kapat',
  announce: 'Bu sayfanın sonunda size bir sorumuz var: {question}',
  share: 'Yorumumu başkalarıyla paylaşabilirsiniz',
  optOut: 'Bana bir daha sormayın',
  optedOut: 'Size bir daha sormayacağız.',
  shareOn: '{network} üzerinde paylaş',
  newTab: 'yeni sekmede açılır',
})

import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'ما مدى احتمال أن توصي {target} بتجربة {product}؟',
  questionPlain: 'ما مدى احتمال أن توصي {target} بخدماتنا؟',
  target: 'صديقًا أو زميلًا',
  low: 'بالتأكيد لا',
  high: 'بالتأكيد نعم',
  scoreName: '{score}، حيث {min} تعني بالتأكيد لا، أما {max} فتعني بالتأكيد نعم',
  promoter: 'رائع! ما أكثر ما يعجبك؟',
  passive: 'شكرًا لك. كيف يمكننا أن نكون أفضل؟',
  detractor: 'شكرًا على صراحتك. ما الذي ينبغي أن نحسّنه؟',
  placeholder: 'تفاصيل أكثر (اختياري)',
  send: 'إرسال',
  failed: 'تعذّر الإرسال. يُرجى المحاولة مجددًا.',
  thanks: 'شكرًا على إجابتك!',
  close: 'إغلاق',
  announce: 'لدينا سؤال لك في نهاية هذه الصفحة: {question}',
  share: 'يمكنكم مشاركة تعليقي مع الآخرين',
  optOut: 'لا تسألوني مجددًا',
  optedOut: 'لن نسألك مجددًا.',
  shareOn: 'مشاركة على {network}',
  newTab: 'يُفتح في علامة تبويب جديدة',
})

import { inOrder } from './messages.js'

export const words = inOrder({
  question: '您有多大可能向{target}推荐{product}？',
  questionPlain: '您有多大可能向{target}推荐我们？',
  target: '朋友或同事',
  low: '肯定不会',
  high: '肯定会',
  scoreName: '{score}分，{min}分表示肯定不会，{max}分表示肯定会',
  promoter: '太好了！您最喜欢哪一点？',
  passive: '谢谢。我们哪些方面可以做得更好？',
  detractor: '谢谢您的坦诚。我们应该改进什么？',
  placeholder: '欢迎多说几句（选填）',
  send: '发送',
  failed: '未能发送，请重试。',
  thanks: '感谢您的回答！',
  close: '关闭',
  announce: '本页末尾有一个问题想请教您：{question}',
  share: '可以将我的评论分享给他人',
  optOut: '不再询问',
  optedOut: '我们不会再询问您。',
  shareOn: '分享到 {network}',
  newTab: '在新标签页中打开',
})

import { inOrder } from './messages.js'

export const words = inOrder({
  question: '您向{target}推薦{product}的可能性有多高？',
  questionPlain: '您向{target}推薦我們的可能性有多高？',
  target: '朋友或同事',
  low: '一定不會',
  high: '一定會',
  scoreName: '{score}分，{min}分表示一定不會，{max}分表示一定會',
  promoter: '太好了！您最喜歡哪一點？',
  passive: '謝謝您。我們哪些地方可以做得更好？',
  detractor: '謝謝您坦率告知。我們該改善哪些地方？',
  placeholder: '歡迎多說一些（選填）',
  send: '送出',
  failed: '未能送出，請再試一次。',
  thanks: '感謝您的回答！',
  close: '關閉',
  announce: '本頁最後有個問題想請教您：{question}',
  share: '可以將我的意見分享給他人',
  optOut: '不要再詢問我',
  optedOut: '我們不會再詢問您。',
  shareOn: '分享到 {network}',
  newTab: '在新分頁開啟',
})

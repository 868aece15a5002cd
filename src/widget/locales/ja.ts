import { inOrder } from './messages.js'

export const words = inOrder({
  question: '{product}を{target}に勧める可能性はどのくらいありますか？',
  questionPlain: '私たちのサービスを{target}に勧める可能性はどのくらいありますか？',
  target: '友人や同僚',
  low: 'まったく勧めたくない',
  high: 'ぜひ勧めたい',
  scoreName: '{score}点、{min}点は「まったく勧めたくない」、{max}点は「ぜひ勧めたい」',
  promoter: 'ありがとうございます！特に気に入っている点は何ですか？',
  passive: 'ありがとうございます。改善できる点は何でしょうか？',
  detractor: '率直なご意見をありがとうございます。改善すべき点は何ですか？',
  placeholder: '詳しくお聞かせください（任意）',
  send: '送信',
  failed: '送信できませんでした。もう一度お試しください。',
  thanks: 'ご回答ありがとうございます！',
  close: '閉じる',
  announce: 'このページの最後に質問があります。{question}',
  share: 'コメントを公開しても構いません',
  optOut: '今後は質問しない',
  optedOut: '今後は質問いたしません。',
  shareOn: '{network}で共有',
  newTab: '新しいタブで開きます',
})

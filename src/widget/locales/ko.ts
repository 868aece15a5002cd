import { inOrder } from './messages.js'

export const words = inOrder({
  question: '{target}에게 {product} 서비스를 추천하실 의향이 얼마나 있으신가요?',
  questionPlain: '{target}에게 저희를 추천하실 의향이 얼마나 있으신가요?',
  target: '친구나 동료',
  low: '추천 의향 전혀 없음',
  high: '추천 의향 매우 높음',
  scoreName: '{score}점, {min}점은 추천 의향 전혀 없음, {max}점은 추천 의향 매우 높음',
  promoter: '감사합니다! 가장 마음에 드는 점은 무엇인가요?',
  passive: '감사합니다. 어떤 점을 더 잘할 수 있을까요?',
  detractor: '솔직한 의견 감사합니다. 무엇을 개선하면 좋을까요?',
  placeholder: '자세히 알려 주세요 (선택)',
  send: '보내기',
  failed: '보내지 못했습니다. 다시 시도해 주세요.',
  thanks: '답변해 주셔서 감사합니다!',
  close: '닫기',
  announce: '이 페이지 끝에 질문이 있습니다. {question}',
  share: '제 의견을 공개하셔도 됩니다',
  optOut: '다시 묻지 않기',
  optedOut: '다시 묻지 않겠습니다.',
  shareOn: '{network}에 공유',
  newTab: '새 탭에서 열림',
})

import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'How likely are you to recommend {product} to {target}?',
  questionPlain: 'How likely are you to recommend us to {target}?',
  target: 'a friend or colleague',
  low: 'Not at all likely',
  high: 'Extremely likely',
  scoreName: '{score}, {min} is not at all likely, {max} is extremely likely',
  promoter: 'Wonderful! What do you like most?',
  passive: 'Thank you. What could we do better?',
  detractor: 'Thank you for being frank. What should we improve?',
  placeholder: 'Tell us more (optional)',
  send: 'Send',
  failed: 'That did not work. Please try again.',
  thanks: 'Thank you for your answer!',
  close: 'Close',
  announce: 'We have a question for you, at the end of this page: {question}',
  share: 'You may share my comment with others',
  optOut: 'Don’t ask me again',
  optedOut: 'We won’t ask you again.',
  shareOn: 'Share on {network}',
  newTab: 'opens in a new tab',
})

import type { Words } from './messages.js'

export const words: Words = [
  'How likely are you to recommend {product} to {target}?',
  'How likely are you to recommend us to {target}?',
  'a friend or colleague',
  'Not at all likely',
  'Extremely likely',
  '{score}, {min} is not at all likely, {max} is extremely likely',
  'Wonderful! What do you like most?',
  'Thank you. What could we do better?',
  'Thank you for being frank. What should we improve?',
  'Tell us more (optional)',
  'Send',
  'That did not work. Please try again.',
  'Thank you for your answer!',
  'Close',
  'We have a question for you, at the end of this page: {question}',
  'You may share my comment with others',
  'Don’t ask me again',
  'We won’t ask you again.',
  'Share on {network}',
  'opens in a new tab',
]

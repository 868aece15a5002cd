import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'Khả năng bạn sẽ giới thiệu {product} cho {target} là bao nhiêu?',
  questionPlain: 'Khả năng bạn sẽ giới thiệu chúng tôi cho {target} là bao nhiêu?',
  target: 'bạn bè hoặc đồng nghiệp',
  low: 'Chắc chắn không',
  high: 'Chắc chắn có',
  scoreName: '{score}, trong đó {min} là chắc chắn không và {max} là chắc chắn có',
  promoter: 'Tuyệt vời! Bạn thích điều gì nhất?',
  passive: 'Cảm ơn bạn. Chúng tôi có thể làm gì tốt hơn?',
  detractor: 'Cảm ơn bạn đã thẳng thắn. Chúng tôi nên cải thiện điều gì?',
  placeholder: 'Chia sẻ thêm (không bắt buộc)',
  send: 'Gửi',
  failed: 'Chưa gửi được. Vui lòng thử lại.',
  thanks: 'Cảm ơn câu trả lời của bạn!',
  close: 'Đóng',
  announce: 'Chúng tôi có một câu hỏi dành cho bạn ở cuối trang này: {question}',
  share: 'Tôi cho phép chia sẻ nhận xét này',
  optOut: 'Không hỏi lại tôi nữa',
  optedOut: 'Chúng tôi sẽ không hỏi lại nữa.',
  shareOn: 'Chia sẻ trên {network}',
  newTab: 'mở trong tab mới',
})

import type { Words } from './messages.js'

export const words: Words = [
  'Khả năng bạn sẽ giới thiệu {product} cho {target} là bao nhiêu?',
  'Khả năng bạn sẽ giới thiệu chúng tôi cho {target} là bao nhiêu?',
  'bạn bè hoặc đồng nghiệp',
  'Chắc chắn không',
  'Chắc chắn có',
  '{score}, trong đó {min} là chắc chắn không và {max} là chắc chắn có',
  'Tuyệt vời! Bạn thích điều gì nhất?',
  'Cảm ơn bạn. Chúng tôi có thể làm gì tốt hơn?',
  'Cảm ơn bạn đã thẳng thắn. Chúng tôi nên cải thiện điều gì?',
  'Chia sẻ thêm (không bắt buộc)',
  'Gửi',
  'Chưa gửi được. Vui lòng thử lại.',
  'Cảm ơn câu trả lời của bạn!',
  'Đóng',
  'Chúng tôi có một câu hỏi dành cho bạn ở cuối trang này: {question}',
  'Tôi cho phép chia sẻ nhận xét này',
  'Không hỏi lại tôi nữa',
  'Chúng tôi sẽ không hỏi lại nữa.',
  'Chia sẻ trên {network}',
  'mở trong tab mới',
]

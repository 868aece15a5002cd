import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'מה הסיכוי שתמליצו על {product} בפני {target}?',
  questionPlain: 'מה הסיכוי שתמליצו עלינו בפני {target}?',
  target: 'חברים או קולגות',
  low: 'בטוח שלא',
  high: 'בטוח שכן',
  scoreName: '{score}, כאשר {min} זה בטוח שלא, {max} זה בטוח שכן',
  promoter: 'נהדר! מה הכי אהבתם?',
  passive: 'תודה. מה נוכל לעשות טוב יותר?',
  detractor: 'תודה על גילוי הלב. מה כדאי שנשפר?',
  placeholder: 'ספרו לנו עוד (לא חובה)',
  send: 'שליחה',
  failed: 'השליחה נכשלה. נא לנסות שוב.',
  thanks: 'תודה על התשובה!',
  close: 'סגירה',
  announce: 'יש לנו שאלה עבורכם, בסוף העמוד הזה: {question}',
  share: 'אפשר להציג את התגובה שלי לאחרים',
  optOut: 'לא לשאול אותי שוב',
  optedOut: 'לא נשאל אתכם שוב.',
  shareOn: 'שיתוף דרך {network}',
  newTab: 'נפתח בכרטיסייה חדשה',
})

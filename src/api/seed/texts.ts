import { type NpsClass, npsClassOf } from '../../domain/nps-class.js'
import type { Random } from './random.js'

/** What people write, in parts that fit together; by language. */
const TEXTS: Readonly<Record<string, Readonly<Record<NpsClass, readonly (readonly string[])[]>>>> = {
  en: {
    promoters: [
      [
        'Delivery was faster than promised',
        'The new booking page is a joy',
        'Your support answered within minutes',
        'I use it every morning',
        'Everything just works',
        'Setting it up took five minutes',
        'The mobile app is excellent',
      ],
      [
        ' and my whole team has switched.',
        ' and I have told all my friends.',
        ' – keep it up!',
        ' and it saves us hours a week.',
        ', honestly the best in its field.',
        '. Thank you!',
      ],
    ],
    passives: [
      [
        'Good overall',
        'It does what it should',
        'Happy so far',
        'Works well on the whole',
        'I like the idea',
      ],
      [
        ', but the price went up again.',
        ', though search could be better.',
        '. A dark mode would be nice.',
        ', only the app is a bit slow at times.',
        '. Some things take one click too many.',
      ],
    ],
    detractors: [
      [
        'Checkout failed three times',
        'I waited two weeks for an answer',
        'The last update broke my settings',
        'Too expensive for what it does',
        'The page is slow on my phone',
        'Invoices are wrong every month',
      ],
      [
        ' and nobody could help me.',
        '. I am looking at alternatives.',
        ', please fix this.',
        ' – very disappointing.',
        '. It used to be better.',
      ],
    ],
  },
  de: {
    promoters: [
      ['Sehr schnelle Lieferung', 'Der Support ist großartig', 'Läuft einfach'],
      [' – weiter so!', ' und das ganze Team ist begeistert.', '. Danke!'],
    ],
    passives: [
      ['Im Großen und Ganzen gut', 'Ganz ordentlich'],
      [', aber etwas teuer.', ', nur die Suche könnte besser sein.'],
    ],
    detractors: [
      ['Seit dem letzten Update langsam', 'Die Rechnung stimmt nie'],
      [', bitte beheben.', ' und niemand antwortet.'],
    ],
  },
  fr: {
    promoters: [
      ['Livraison rapide', 'Une équipe formidable'],
      [', merci !', ' et je recommande à tous.'],
    ],
    passives: [
      ['Plutôt bien', 'Correct'],
      [', mais un peu cher.', ', la recherche pourrait être meilleure.'],
    ],
    detractors: [
      ['Trop lent', 'Le paiement a échoué'],
      [', très déçu.', ' et aucune réponse du support.'],
    ],
  },
  ja: {
    promoters: [
      ['とても使いやすいです', 'サポートが早い'],
      ['。ありがとうございます。', '。毎日使っています。'],
    ],
    passives: [['悪くないです'], ['が、少し高いです。', '。検索を改善してほしい。']],
    detractors: [['動作が遅いです'], ['。改善をお願いします。', '。他を探しています。']],
  },
  ar: {
    promoters: [['خدمة ممتازة'], [' وشكراً لكم.', '، أنصح بها الجميع.']],
    passives: [['جيد عموماً'], ['، لكن السعر مرتفع.']],
    detractors: [['التطبيق بطيء'], [' ولم يرد علي أحد.']],
  },
}

/** A comment to go with a score. */
export function writeText(random: Random, language: string, score: number): string {
  const parts = (TEXTS[language] ?? TEXTS.en)?.[npsClassOf(score)] ?? []
  return parts.map(choices => random.pick(choices)).join('')
}

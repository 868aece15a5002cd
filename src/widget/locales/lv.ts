import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'Cik liela ir iespējamība, ka ieteiksiet pakalpojumu {product} {target}?',
  questionPlain: 'Cik liela ir iespējamība, ka ieteiksiet mūs {target}?',
  target: 'draugam vai kolēģim',
  low: 'Noteikti nē',
  high: 'Noteikti jā',
  scoreName: '{score}, kur {min} ir noteikti nē un {max} ir noteikti jā',
  promoter: 'Lieliski! Kas jums patīk visvairāk?',
  passive: 'Paldies. Ko mēs varētu darīt labāk?',
  detractor: 'Paldies par atklātību. Kas mums būtu jāuzlabo?',
  placeholder: 'Pastāstiet vairāk (neobligāti)',
  send: 'Nosūtīt',
  failed: 'Neizdevās nosūtīt. Lūdzu, mēģiniet vēlreiz.',
  thanks: 'Paldies par atbildi!',
  close: 'Aizvērt',
  announce: 'Vēlamies jums uzdot jautājumu šīs lapas beigās: {question}',
  share: 'Manu komentāru drīkst rādīt citiem',
  optOut: 'Vairs nejautāt',
  optedOut: 'Mēs jums vairs nejautāsim.',
  shareOn: 'Kopīgot vietnē {network}',
  newTab: 'atveras jaunā cilnē',
})

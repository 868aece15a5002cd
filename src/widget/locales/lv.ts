import type { Words } from './messages.js'

export const words: Words = [
  'Cik liela ir iespējamība, ka ieteiksiet pakalpojumu {product} {target}?',
  'Cik liela ir iespējamība, ka ieteiksiet mūs {target}?',
  'draugam vai kolēģim',
  'Noteikti nē',
  'Noteikti jā',
  '{score}, kur {min} ir noteikti nē un {max} ir noteikti jā',
  'Lieliski! Kas jums patīk visvairāk?',
  'Paldies. Ko mēs varētu darīt labāk?',
  'Paldies par atklātību. Kas mums būtu jāuzlabo?',
  'Pastāstiet vairāk (neobligāti)',
  'Nosūtīt',
  'Neizdevās nosūtīt. Lūdzu, mēģiniet vēlreiz.',
  'Paldies par atbildi!',
  'Aizvērt',
  'Vēlamies jums uzdot jautājumu šīs lapas beigās: {question}',
  'Manu komentāru drīkst rādīt citiem',
  'Vairs nejautāt',
  'Mēs jums vairs nejautāsim.',
  'Kopīgot vietnē {network}',
  'atveras jaunā cilnē',
]

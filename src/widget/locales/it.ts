import type { Words } from './messages.js'

export const words: Words = [
  'Con quale probabilità consiglierebbe {product} a {target}?',
  'Con quale probabilità ci consiglierebbe a {target}?',
  'un amico o un collega',
  'Sicuramente no',
  'Sicuramente sì',
  '{score}, dove {min} è sicuramente no e {max} è sicuramente sì',
  'Ottimo! Che cosa le piace di più?',
  'Grazie. Che cosa potremmo fare meglio?',
  'Grazie per la sincerità. Che cosa dovremmo migliorare?',
  'Ci dica di più (facoltativo)',
  'Invia',
  'Invio non riuscito. Riprovi, per favore.',
  'Grazie per la sua risposta!',
  'Chiudi',
  'Abbiamo una domanda da farle, in fondo a questa pagina: {question}',
  'Potete condividere il mio commento',
  'Non chiedermelo più',
  'Non glielo chiederemo più.',
  'Condividi su {network}',
  'si apre in una nuova scheda',
]

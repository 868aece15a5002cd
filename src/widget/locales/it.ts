import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'Con quale probabilità consiglierebbe {product} a {target}?',
  questionPlain: 'Con quale probabilità ci consiglierebbe a {target}?',
  target: 'un amico o un collega',
  low: 'Sicuramente no',
  high: 'Sicuramente sì',
  scoreName: '{score}, dove {min} è sicuramente no e {max} è sicuramente sì',
  promoter: 'Ottimo! Che cosa le piace di più?',
  passive: 'Grazie. Che cosa potremmo fare meglio?',
  detractor: 'Grazie per la sincerità. Che cosa dovremmo migliorare?',
  placeholder: 'Ci dica di più (facoltativo)',
  send: 'Invia',
  failed: 'Invio non riuscito. Riprovi, per favore.',
  thanks: 'Grazie per la sua risposta!',
  close: 'Chiudi',
  announce: 'Abbiamo una domanda da farle, in fondo a questa pagina: {question}',
  share: 'Potete condividere il mio commento',
  optOut: 'Non chiedermelo più',
  optedOut: 'Non glielo chiederemo più.',
  shareOn: 'Condividi su {network}',
  newTab: 'si apre in una nuova scheda',
})

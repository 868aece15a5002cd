import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'Qual é a probabilidade de você recomendar {product} para {target}?',
  questionPlain: 'Qual é a probabilidade de você nos recomendar para {target}?',
  target: 'um amigo ou colega',
  low: 'Com certeza não',
  high: 'Com certeza sim',
  scoreName: '{score}, em que {min} é com certeza não e {max} é com certeza sim',
  promoter: 'Que ótimo! Do que você mais gosta?',
  passive: 'Agradecemos a resposta. O que podemos fazer melhor?',
  detractor: 'Agradecemos a sinceridade. O que devemos melhorar?',
  placeholder: 'Conte mais (opcional)',
  send: 'Enviar',
  failed: 'Não foi possível enviar. Tente novamente.',
  thanks: 'Agradecemos a sua resposta!',
  close: 'Fechar',
  announce: 'Temos uma pergunta para você, no final desta página: {question}',
  share: 'Vocês podem divulgar meu comentário',
  optOut: 'Não perguntar novamente',
  optedOut: 'Não perguntaremos novamente.',
  shareOn: 'Compartilhar via {network}',
  newTab: 'abre em uma nova aba',
})

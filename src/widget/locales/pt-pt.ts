import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'Qual é a probabilidade de recomendar {product} a {target}?',
  questionPlain: 'Qual é a probabilidade de nos recomendar a {target}?',
  target: 'um amigo ou colega',
  low: 'De certeza que não',
  high: 'De certeza que sim',
  scoreName: '{score}, em que {min} é de certeza que não e {max} é de certeza que sim',
  promoter: 'Que bom! O que mais lhe agrada?',
  passive: 'Agradecemos a resposta. O que poderíamos fazer melhor?',
  detractor: 'Agradecemos a franqueza. O que devemos melhorar?',
  placeholder: 'Conte-nos mais (opcional)',
  send: 'Enviar',
  failed: 'Não foi possível enviar. Tente de novo.',
  thanks: 'Agradecemos a sua resposta!',
  close: 'Fechar',
  announce: 'Temos uma pergunta para si, no final desta página: {question}',
  share: 'Podem partilhar o meu comentário',
  optOut: 'Não voltar a perguntar',
  optedOut: 'Não voltaremos a perguntar.',
  shareOn: 'Partilhar via {network}',
  newTab: 'abre num novo separador',
})

import type { Words } from './messages.js'

export const words: Words = [
  'Qual é a probabilidade de você recomendar {product} para {target}?',
  'Qual é a probabilidade de você nos recomendar para {target}?',
  'um amigo ou colega',
  'Com certeza não',
  'Com certeza sim',
  '{score}, em que {min} é com certeza não e {max} é com certeza sim',
  'Que ótimo! Do que você mais gosta?',
  'Agradecemos a resposta. O que podemos fazer melhor?',
  'Agradecemos a sinceridade. O que devemos melhorar?',
  'Conte mais (opcional)',
  'Enviar',
  'Não foi possível enviar. Tente novamente.',
  'Agradecemos a sua resposta!',
  'Fechar',
  'Temos uma pergunta para você, no final desta página: {question}',
  'Vocês podem divulgar meu comentário',
  'Não perguntar novamente',
  'Não perguntaremos novamente.',
  'Compartilhar via {network}',
  'abre em uma nova aba',
]

import type { Words } from './messages.js'

export const words: Words = [
  'Qual é a probabilidade de recomendar {product} a {target}?',
  'Qual é a probabilidade de nos recomendar a {target}?',
  'um amigo ou colega',
  'De certeza que não',
  'De certeza que sim',
  '{score}, em que {min} é de certeza que não e {max} é de certeza que sim',
  'Que bom! O que mais lhe agrada?',
  'Agradecemos a resposta. O que poderíamos fazer melhor?',
  'Agradecemos a franqueza. O que devemos melhorar?',
  'Conte-nos mais (opcional)',
  'Enviar',
  'Não foi possível enviar. Tente de novo.',
  'Agradecemos a sua resposta!',
  'Fechar',
  'Temos uma pergunta para si, no final desta página: {question}',
  'Podem partilhar o meu comentário',
  'Não voltar a perguntar',
  'Não voltaremos a perguntar.',
  'Partilhar via {network}',
  'abre num novo separador',
]

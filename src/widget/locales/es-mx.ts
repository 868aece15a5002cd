import { inOrder } from './messages.js'

export const words = inOrder({
  question: '¿Qué tan probable es que recomiende {product} a {target}?',
  questionPlain: '¿Qué tan probable es que nos recomiende a {target}?',
  target: 'un amigo o colega',
  low: 'Definitivamente no',
  high: 'Definitivamente sí',
  scoreName: '{score}, donde {min} es definitivamente no y {max} es definitivamente sí',
  promoter: '¡Excelente! ¿Qué es lo que más le gusta?',
  passive: 'Gracias. ¿Qué podríamos hacer mejor?',
  detractor: 'Gracias por su franqueza. ¿Qué deberíamos mejorar?',
  placeholder: 'Cuéntenos más (opcional)',
  send: 'Enviar',
  failed: 'No se pudo enviar. Inténtelo de nuevo.',
  thanks: '¡Gracias por su respuesta!',
  close: 'Cerrar',
  announce: 'Tenemos una pregunta para usted, al final de esta página: {question}',
  share: 'Pueden compartir mi comentario con otros',
  optOut: 'No volver a preguntarme',
  optedOut: 'No le volveremos a preguntar.',
  shareOn: 'Compartir en {network}',
  newTab: 'se abre en una nueva pestaña',
})

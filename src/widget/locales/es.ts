import { inOrder } from './messages.js'

export const words = inOrder({
  question: '¿Qué probabilidad hay de que recomiende {product} a {target}?',
  questionPlain: '¿Qué probabilidad hay de que nos recomiende a {target}?',
  target: 'un amigo o compañero',
  low: 'Seguro que no',
  high: 'Seguro que sí',
  scoreName: '{score}, donde {min} es seguro que no y {max} es seguro que sí',
  promoter: '¡Estupendo! ¿Qué es lo que más le gusta?',
  passive: 'Gracias. ¿Qué podríamos hacer mejor?',
  detractor: 'Gracias por su sinceridad. ¿Qué deberíamos mejorar?',
  placeholder: 'Cuéntenos más (opcional)',
  send: 'Enviar',
  failed: 'No se ha podido enviar. Inténtelo de nuevo.',
  thanks: '¡Gracias por su respuesta!',
  close: 'Cerrar',
  announce: 'Tenemos una pregunta para usted, al final de esta página: {question}',
  share: 'Pueden compartir mi comentario con otros',
  optOut: 'No volver a preguntarme',
  optedOut: 'No volveremos a preguntarle.',
  shareOn: 'Compartir en {network}',
  newTab: 'se abre en una pestaña nueva',
})

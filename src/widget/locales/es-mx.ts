import type { Words } from './messages.js'

export const words: Words = [
  '¿Qué tan probable es que recomiende {product} a {target}?',
  '¿Qué tan probable es que nos recomiende a {target}?',
  'un amigo o colega',
  'Definitivamente no',
  'Definitivamente sí',
  '{score}, donde {min} es definitivamente no y {max} es definitivamente sí',
  '¡Excelente! ¿Qué es lo que más le gusta?',
  'Gracias. ¿Qué podríamos hacer mejor?',
  'Gracias por su franqueza. ¿Qué deberíamos mejorar?',
  'Cuéntenos más (opcional)',
  'Enviar',
  'No se pudo enviar. Inténtelo de nuevo.',
  '¡Gracias por su respuesta!',
  'Cerrar',
  'Tenemos una pregunta para usted, al final de esta página: {question}',
  'Pueden compartir mi comentario con otros',
  'No volver a preguntarme',
  'No le volveremos a preguntar.',
  'Compartir en {network}',
  'se abre en una nueva pestaña',
]

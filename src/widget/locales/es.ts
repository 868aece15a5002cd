import type { Words } from './messages.js'

export const words: Words = [
  '¿Qué probabilidad hay de que recomiende {product} a {target}?',
  '¿Qué probabilidad hay de que nos recomiende a {target}?',
  'un amigo o compañero',
  'Seguro que no',
  'Seguro que sí',
  '{score}, donde {min} es seguro que no y {max} es seguro que sí',
  '¡Estupendo! ¿Qué es lo que más le gusta?',
  'Gracias. ¿Qué podríamos hacer mejor?',
  'Gracias por su sinceridad. ¿Qué deberíamos mejorar?',
  'Cuéntenos más (opcional)',
  'Enviar',
  'No se ha podido enviar. Inténtelo de nuevo.',
  '¡Gracias por su respuesta!',
  'Cerrar',
  'Tenemos una pregunta para usted, al final de esta página: {question}',
  'Pueden compartir mi comentario con otros',
  'No volver a preguntarme',
  'No volveremos a preguntarle.',
  'Compartir en {network}',
  'se abre en una pestaña nueva',
]

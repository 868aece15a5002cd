import type { Words } from './messages.js'

export const words: Words = [
  'Quelle est la probabilité que vous recommandiez {product} à {target} ?',
  'Quelle est la probabilité que vous nous recommandiez à {target} ?',
  'un proche ou un collègue',
  'Pas du tout probable',
  'Extrêmement probable',
  '{score}, où {min} signifie pas du tout probable et {max} extrêmement probable',
  'Formidable ! Qu’est-ce qui vous plaît le plus ?',
  'Merci. Comment pourrions-nous faire mieux ?',
  'Merci de votre franchise. Que devrions-nous améliorer ?',
  'Votre commentaire (facultatif)',
  'Envoyer',
  'L’envoi a échoué. Veuillez réessayer.',
  'Merci pour votre réponse !',
  'Fermer',
  'Nous avons une question pour vous, à la fin de cette page : {question}',
  'Vous pouvez partager mon commentaire',
  'Ne plus me solliciter',
  'Nous ne vous solliciterons plus.',
  'Partager sur {network}',
  's’ouvre dans un nouvel onglet',
]

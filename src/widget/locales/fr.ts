import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'Quelle est la probabilité que vous recommandiez {product} à {target} ?',
  questionPlain: 'Quelle est la probabilité que vous nous recommandiez à {target} ?',
  target: 'un proche ou un collègue',
  low: 'Pas du tout probable',
  high: 'Extrêmement probable',
  scoreName: '{score}, où {min} signifie pas du tout probable et {max} extrêmement probable',
  promoter: 'Formidable ! Qu’est-ce qui vous plaît le plus ?',
  passive: 'Merci. Comment pourrions-nous faire mieux ?',
  detractor: 'Merci de votre franchise. Que devrions-nous améliorer ?',
  placeholder: 'Votre commentaire (facultatif)',
  send: 'Envoyer',
  failed: 'L’envoi a échoué. Veuillez réessayer.',
  thanks: 'Merci pour votre réponse !',
  close: 'Fermer',
  announce: 'Nous avons une question pour vous, à la fin de cette page : {question}',
  share: 'Vous pouvez partager mon commentaire',
  optOut: 'Ne plus me solliciter',
  optedOut: 'Nous ne vous solliciterons plus.',
  shareOn: 'Partager sur {network}',
  newTab: 's’ouvre dans un nouvel onglet',
})

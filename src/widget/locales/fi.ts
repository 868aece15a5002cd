import { inOrder } from './messages.js'

export const words = inOrder({
  question: 'Kuinka todennäköisesti suosittelisit palvelua {product} {target}?',
  questionPlain: 'Kuinka todennäköisesti suosittelisit meitä {target}?',
  target: 'ystävälle tai kollegalle',
  low: 'Ehdottomasti en',
  high: 'Ehdottomasti kyllä',
  scoreName: '{score}, kun {min} on ehdottomasti en ja {max} on ehdottomasti kyllä',
  promoter: 'Hienoa! Mistä pidät eniten?',
  passive: 'Kiitos. Mitä voisimme tehdä paremmin?',
  detractor: 'Kiitos rehellisyydestäsi. Mitä meidän pitäisi parantaa?',
  placeholder: 'Kerro halutessasi lisää',
  send: 'Lähetä',
  failed: 'Lähetys ei onnistunut. Yritä uudelleen.',
  thanks: 'Kiitos vastauksestasi!',
  close: 'Sulje',
  announce: 'Meillä on sinulle kysymys tämän sivun lopussa: {question}',
  share: 'Kommenttini saa näyttää muille',
  optOut: 'Älä kysy enää',
  optedOut: 'Emme kysy sinulta enää.',
  shareOn: 'Jaa palvelussa {network}',
  newTab: 'avautuu uuteen välilehteen',
})

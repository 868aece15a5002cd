import type { Words } from './messages.js'

export const words: Words = [
  'Kuinka todennäköisesti suosittelisit palvelua {product} {target}?',
  'Kuinka todennäköisesti suosittelisit meitä {target}?',
  'ystävälle tai kollegalle',
  'Ehdottomasti en',
  'Ehdottomasti kyllä',
  '{score}, kun {min} on ehdottomasti en ja {max} on ehdottomasti kyllä',
  'Hienoa! Mistä pidät eniten?',
  'Kiitos. Mitä voisimme tehdä paremmin?',
  'Kiitos rehellisyydestäsi. Mitä meidän pitäisi parantaa?',
  'Kerro halutessasi lisää',
  'Lähetä',
  'Lähetys ei onnistunut. Yritä uudelleen.',
  'Kiitos vastauksestasi!',
  'Sulje',
  'Meillä on sinulle kysymys tämän sivun lopussa: {question}',
  'Kommenttini saa näyttää muille',
  'Älä kysy enää',
  'Emme kysy sinulta enää.',
  'Jaa palvelussa {network}',
  'avautuu uuteen välilehteen',
]

/** Which edition of the API's document the bodies follow: `later` has more fields. */
export type DocumentEdition = 'first' | 'later'

/** The widget's database for the base `/zeroten`; its keys are described in ARCHITECTURE.md. */
export const DATABASE = 'zeroten:/zeroten'

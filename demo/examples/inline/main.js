import { createWidget } from 'zeroten'
import * as survey from 'zeroten/survey'

// The survey stands in <zero-ten>, and its code in the app's own bundle: there is nothing left to load when it is to be shown,
// and it comes at once on the first page too, where it lies over nothing.
createWidget({ form: 'inline', timeDelay: 0, productName: 'Kestrel' }, { survey })

// Without a widget: nothing of this one is stored or sent, and what becomes of an answer is the app's affair.
survey.mountInline(document.querySelector('#look'), {
  settings: {
    question: 'How do you like the look of this, {target}?',
    recommendTarget: 'Ada',
    theme: 'dark',
  },
  onSubmit: ({ score, text }) => {
    document.title = `${score}: ${text}`
  },
})

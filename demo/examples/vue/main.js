import { createApp, h, ref } from 'vue'
import { useZeroten } from './use-zeroten.js'

const App = {
  setup() {
    const page = ref('Bikes')
    useZeroten({ productName: 'Kestrel' })
    const visit = next => {
      history.pushState({}, '', `/${next.toLowerCase()}`)
      page.value = next
    }
    return () => [h('h1', page.value), h('button', { onClick: () => visit('Plans') }, 'Plans')]
  },
}

createApp(App).mount(document.body.appendChild(document.createElement('div')))

import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { Zeroten } from './zeroten.jsx'

function App() {
  const [page, setPage] = useState('Bikes')
  const visit = next => {
    history.pushState({}, '', `/${next.toLowerCase()}`)
    setPage(next)
  }
  return (
    <>
      <Zeroten settings={{ productName: 'Kestrel' }} />
      <h1>{page}</h1>
      <button type="button" onClick={() => visit('Plans')}>
        Plans
      </button>
    </>
  )
}

createRoot(document.body.appendChild(document.createElement('div'))).render(
  <StrictMode>
    <App />
  </StrictMode>,
)

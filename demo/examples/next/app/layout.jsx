// app/layout.jsx: a server component. The proxy beside it is demo/mounts/next-route.mjs, as app/zeroten/[...path]/route.js.
import { Zeroten } from '../../react/zeroten.jsx'

// biome-ignore lint/style/noDefaultExport: what Next.js looks for
export default function Layout({ children, identityToken }) {
  return (
    <html lang="en">
      <body>
        <Zeroten settings={{ productName: 'Kestrel' }} identityToken={identityToken} />
        {children}
      </body>
    </html>
  )
}

'use client'
import { useEffect } from 'react'
import { createWidget } from 'zeroten'

/**
 * Put it once where it stays, in the layout. It renders nothing, and on a server it does nothing. StrictMode's double mount and
 * hot reload are the widget's affair: there is one a page.
 */
export function Zeroten({ settings, identityToken }) {
  // Once: an object of settings that each render makes anew is no new setting.
  useEffect(() => {
    const widget = createWidget(settings)
    return () => widget.stop()
  }, [])
  // A new token for the same visitor, another visitor, or nobody any more.
  useEffect(() => {
    createWidget({ identityToken })
  }, [identityToken])
  return null
}

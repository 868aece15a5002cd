import { onMounted, onUnmounted, watch } from 'vue'
import { createWidget } from 'zeroten'

/**
 * Call it once, in the setup of the application's root.
 *
 * @param settings see the README's table
 * @param identityToken a getter: of a token that the server made, or of nothing where nobody is logged in
 */
export function useZeroten(settings = {}, identityToken = () => undefined) {
  let widget
  onMounted(() => {
    widget = createWidget({ ...settings, identityToken: identityToken() })
  })
  watch(identityToken, token => widget?.configure({ identityToken: token }))
  onUnmounted(() => widget?.stop())
}

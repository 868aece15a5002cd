import type { WidgetContext } from '../boot/context.js'
import type { Courier } from '../courier/courier.js'
import type { State } from '../storage/shared-state.js'

/** What the device knows; to look is to write, so nothing is looked at before there is consent, or after the widget's end. */
export async function readState(
  { isAllowed }: WidgetContext,
  { state }: Courier,
): Promise<State | undefined> {
  if (isAllowed()) await state.update()
  return state.get() as State | undefined
}

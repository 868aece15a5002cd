import type { WidgetContext } from '../boot/context.js'
import type { Courier } from '../courier/courier.js'
import { type EventKey, parseEventKey } from '../courier/event-key.js'
import { STATE_KEY } from '../storage/keys.js'
import { dropUnsaved } from '../storage/unsaved-events.js'
import { whileLocked } from './while-locked.js'

/** Makes the other tabs hear that the device forgets: no journal is its own name. */
function announce(name: string): void {
  try {
    localStorage.setItem(name, name)
    localStorage.removeItem(name)
  } catch {
    // Storage is blocked: each tab is alone with what its memory has.
  }
}

/**
 * Wipes what this device knows: events that wait, dead letters, the draft, tickets, the anonymous id. It wins over what
 * waits: no tab sends or restores any of it afterwards.
 */
export async function forget({ name }: WidgetContext, courier: Courier): Promise<void> {
  const { store, queue } = courier
  // First, so that nothing comes after it that other tabs hold.
  announce(name)
  // What another tab sends now is sent, what it keeps is wiped after it.
  await whileLocked(courier, async () => {
    const keys = (await store.keys()) ?? []
    await queue.remove(keys.map(key => parseEventKey(key) ?? ({ key } as EventKey)))
  })
  await store.write([], [STATE_KEY])
  dropUnsaved(name)
  try {
    localStorage.removeItem(`${name}:consent`)
  } catch {
    // Storage is blocked: nothing was kept there.
  }
  announce(name)
}

import { DATABASE } from './database.js'

/** Makes this browser a new one: what waits here is gone, and so is the anonymous id. What the API holds stays. */
export async function forgetDevice(): Promise<void> {
  for (const key of Object.keys(localStorage)) if (key.startsWith(DATABASE)) localStorage.removeItem(key)
  await new Promise(resolve => {
    const request = indexedDB.deleteDatabase(DATABASE)
    request.onsuccess = request.onerror = request.onblocked = resolve
  })
}

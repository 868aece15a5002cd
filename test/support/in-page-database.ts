/** What happens to the widget's database from without. Each of these runs in a page: it may use nothing but its argument. */

export const deleteDatabase = (name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name)
    request.onsuccess = () => resolve()
    request.onerror = request.onblocked = reject
  })

/** What lies under a key of the database. */
export const readRecord = (key: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open('zeroten:/zeroten')
    // As the widget would, which may not have come to it yet.
    opening.onupgradeneeded = () => opening.result.createObjectStore('e')
    opening.onerror = reject
    opening.onsuccess = () => {
      const reading = opening.result.transaction('e').objectStore('e').get(key)
      reading.onerror = reject
      reading.onsuccess = () => {
        opening.result.close()
        resolve(reading.result)
      }
    }
  })

/** What lies under all keys that begin so. */
export const readRecords = (prefix: string): Promise<unknown[]> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open('zeroten:/zeroten')
    // As the widget would, which may not have come to it yet.
    opening.onupgradeneeded = () => opening.result.createObjectStore('e')
    opening.onerror = reject
    opening.onsuccess = () => {
      const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`)
      const reading = opening.result.transaction('e').objectStore('e').getAll(range)
      reading.onerror = reject
      reading.onsuccess = () => {
        opening.result.close()
        resolve(reading.result)
      }
    }
  })

/** Puts records under their keys, whatever they are. */
export const putRecords = (entries: [key: string, value: unknown][]): Promise<void> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open('zeroten:/zeroten')
    opening.onerror = reject
    opening.onsuccess = () => {
      const transaction = opening.result.transaction('e', 'readwrite')
      for (const [key, value] of entries) transaction.objectStore('e').put(value, key)
      transaction.oncomplete = () => {
        opening.result.close()
        resolve()
      }
    }
  })

/** Gives the waiting page views of this path a type that no proxy knows. */
export const spoilPageViews = (path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open('zeroten:/zeroten')
    opening.onerror = reject
    opening.onsuccess = () => {
      const store = opening.result.transaction('e', 'readwrite').objectStore('e')
      const reading = store.openCursor(IDBKeyRange.bound('2|', '2|\uffff'))
      reading.onsuccess = () => {
        const { result: cursor } = reading
        if (!cursor) return
        const { event } = cursor.value
        if (event.url.endsWith(path)) cursor.update({ ...cursor.value, event: { ...event, type: 'unheard' } })
        cursor.continue()
      }
      store.transaction.oncomplete = () => {
        opening.result.close()
        resolve()
      }
    }
  })

/** Makes the lease and everybody's last answer older, as if so much time had passed; every clock stays right. */
export const ageState = (ms: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open('zeroten:/zeroten')
    opening.onerror = reject
    opening.onsuccess = () => {
      const store = opening.result.transaction('e', 'readwrite').objectStore('e')
      const reading = store.get('s')
      reading.onsuccess = () => {
        const state = reading.result as {
          leaseUntilMs?: number
          known: Record<string, { answeredS?: number }>
        }
        // What is absent, or 0 for none, stays so.
        state.leaseUntilMs &&= state.leaseUntilMs - ms
        for (const known of Object.values(state.known)) known.answeredS &&= known.answeredS - ms / 1_000
        store.put(state, 's')
        store.transaction.oncomplete = () => {
          opening.result.close()
          resolve()
        }
      }
    }
  })

/** Makes all drafts look as if nobody had touched them for so much longer. */
export const ageDrafts = (ms: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open('zeroten:/zeroten')
    opening.onerror = reject
    opening.onsuccess = () => {
      const store = opening.result.transaction('e', 'readwrite').objectStore('e')
      const reading = store.openCursor(IDBKeyRange.bound('s|draft|', 's|draft|\uffff'))
      reading.onsuccess = () => {
        const { result: cursor } = reading
        if (!cursor) return
        cursor.update({ ...cursor.value, touchedMs: cursor.value.touchedMs - ms })
        cursor.continue()
      }
      store.transaction.oncomplete = () => {
        opening.result.close()
        resolve()
      }
    }
  })

/** Holds the database: until `release`, run in the same page, no other transaction that writes begins. */
export const hold = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open('zeroten:/zeroten')
    opening.onupgradeneeded = () => opening.result.createObjectStore('e')
    opening.onerror = reject
    opening.onsuccess = () => {
      const page = Object.assign(window, { isHolding: true })
      const store = opening.result.transaction('e', 'readwrite').objectStore('e')
      const goOn = () => {
        resolve()
        if (page.isHolding) store.get('s').onsuccess = goOn
        else opening.result.close()
      }
      goOn()
    }
  })

export const release = async (): Promise<void> => void Object.assign(window, { isHolding: false })

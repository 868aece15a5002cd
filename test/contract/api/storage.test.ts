import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openStorage } from '../../../src/api/storage/open-storage.js'
import type { Storage } from '../../../src/api/storage/storage.js'
import { ENGINES } from '../../support/engines.js'

describe.each(ENGINES)('the storage on $name', engine => {
  const undo: (() => Promise<void>)[] = []
  let createDatabase: () => Promise<string>
  beforeAll(async () => {
    ;({ createDatabase } = await engine.start(close => void undo.push(close)))
  })
  afterAll(async () => {
    for (const close of undo.toReversed()) await close()
  })

  async function open(): Promise<Storage> {
    const storage = await openStorage({ db: await createDatabase(), now: Date.now })
    onTestFinished(() => storage.close())
    return storage
  }

  test('one account’s slow lists leave a reader to the others', async () => {
    const storage = await open()
    let ended = 0
    const slow = Array.from({ length: 8 }, async () => {
      await sql`with recursive n(n) as (select 1 union all select n + 1 from n where n < 1000000)
        select count(*) from n`.execute(storage.scansFor(1))
      ended++
    })
    await sql`select 1`.execute(storage.scansFor(2))
    expect(ended).toBeLessThan(4)
    await Promise.all(slow)
  })
})

import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openStorage } from '../../../src/api/storage/open-storage.js'
import type { Db, Storage } from '../../../src/api/storage/storage.js'
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

  async function open(onCommit?: (units: number) => void): Promise<Storage> {
    const storage = await openStorage({
      db: await createDatabase(),
      now: Date.now,
      ...(onCommit && { onCommit }),
    })
    onTestFinished(() => storage.close())
    return storage
  }

  const insertLease = (db: Db, name: string, next_id = 0) =>
    db.insertInto('id_leases').values({ name, next_id }).execute()
  const leases = async (storage: Storage, prefix: string) =>
    (await storage.db.selectFrom('id_leases').select(['name', 'next_id']).orderBy('name').execute()).filter(
      ({ name }) => name.startsWith(prefix),
    )

  test('units of several subjects that wait together share a commit', async () => {
    const commits: number[] = []
    const storage = await open(units => void commits.push(units))
    commits.length = 0
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        storage.write(db => insertLease(db, `together-${n}`), { subject: `${n}` }),
      ),
    )
    expect(Math.max(...commits)).toBeGreaterThan(5)
    expect(await leases(storage, 'together')).toHaveLength(20)
  })

  test.each([
    [
      'throws after it has written',
      async () => {
        throw new Error('refused')
      },
      'refused',
    ],
    ['meets a value that must be unique', (db: Db) => insertLease(db, 'taken'), /taken|unique|constraint/i],
  ])('a unit that %s fails alone and leaves nothing', async (_, fail, message) => {
    const storage = await open()
    await storage.write(db => insertLease(db, 'taken'))
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) =>
        storage.write(
          async db => {
            await insertLease(db, `unit-${n}`)
            if (n === 4) await fail(db)
            return n
          },
          { subject: `${n}` },
        ),
      ),
    )
    expect(results.map(({ status }) => status === 'fulfilled')).toEqual(
      Array.from({ length: 10 }, (_, n) => n !== 4),
    )
    expect(String((results[4] as PromiseRejectedResult).reason)).toMatch(message)
    expect((await leases(storage, 'unit')).map(({ name }) => name)).toEqual(
      [0, 1, 2, 3, 5, 6, 7, 8, 9].map(n => `unit-${n}`),
    )
  })

  test('units of one subject that read before they write lose nothing', async () => {
    const storage = await open()
    await storage.write(db => insertLease(db, 'counter'))
    const increment = (db: Db) =>
      db
        .selectFrom('id_leases')
        .select('next_id')
        .where('name', '=', 'counter')
        .$if(storage.locksRows, select => select.forUpdate())
        .executeTakeFirstOrThrow()
        .then(({ next_id }) =>
          db
            .updateTable('id_leases')
            .set({ next_id: next_id + 1 })
            .where('name', '=', 'counter')
            .execute(),
        )
    await Promise.all(Array.from({ length: 25 }, () => storage.write(increment, { subject: 'counter' })))
    expect(await leases(storage, 'counter')).toEqual([{ name: 'counter', next_id: 25 }])
  })

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

import { join } from 'node:path'
import Database from 'libsql'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createReadPool, type ReadPool } from '../../../src/api/storage/read-pool.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const ENDLESS = 'with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) as c from n'

describe('the pool of readers', () => {
  let pool: ReadPool
  let folder: { path: string; remove: () => Promise<void> }
  beforeEach(async () => {
    folder = await temporaryFolder()
  })
  afterEach(async () => {
    await pool.close()
    await folder.remove()
  })

  function openPool(queryTimeoutMs: number): void {
    const path = join(folder.path, 'rows.db')
    const writer = new Database(path)
    writer.exec("pragma journal_mode = wal; create table t (a text); insert into t values ('ä'), (null)")
    writer.close()
    pool = createReadPool({ path, busyTimeoutMs: 1_000, queryTimeoutMs })
  }

  it('returns rows as the driver does', async () => {
    openPool(10_000)
    expect(await pool.query('select a from t where a = ?', ['ä'])).toEqual([{ a: 'ä' }])
  })

  it('gives up a query that takes too long, again and again, and answers the next', async () => {
    openPool(3_000)
    for (let round = 0; round < 2; round++) {
      await expect(pool.query(ENDLESS, [])).rejects.toMatchObject({ code: 'QUERY_TIMEOUT' })
    }
    expect(await pool.query('select count(*) as c from t', [])).toEqual([{ c: 2 }])
  })

  it('closes while queries run and while others wait', async () => {
    openPool(60_000)
    const queries = Promise.allSettled(Array.from({ length: 9 }, () => pool.query(ENDLESS, [])))
    await pool.close()
    expect((await queries).map(({ status }) => status)).toEqual(Array(9).fill('rejected'))
  })

  it('can not write', async () => {
    openPool(10_000)
    await expect(pool.query("insert into t values ('x')", [])).rejects.toThrow(/readonly/)
  })
})

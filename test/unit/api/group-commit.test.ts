import { expect, test } from 'vitest'
import { createGroupCommit } from '../../../src/api/storage/group-commit.js'
import { RetryTransaction } from '../../../src/api/storage/storage.js'

/** A connection that notes what it is told, and fails where it is told to. */
function connection(fails: (sql: string) => boolean = () => false) {
  const log: string[] = []
  const notes = {
    log,
    inTransaction: false,
    exec(sql: string) {
      if (fails(sql)) throw new Error(`failed: ${sql}`)
      log.push(sql)
      if (sql.startsWith('begin')) notes.inTransaction = true
      if (sql === 'commit' || sql === 'rollback') notes.inTransaction = false
    },
  }
  return notes
}

test('units that wait in the same tick share one commit, and each is answered after it', async () => {
  const notes = connection()
  const { run } = createGroupCommit(notes)
  const committed = () => notes.log.includes('commit')
  const results = await Promise.all(
    [1, 2, 3].map(n => run(async () => n).then(value => [value, committed()])),
  )
  expect(results).toEqual([
    [1, true],
    [2, true],
    [3, true],
  ])
  expect(notes.log.filter(sql => sql === 'commit')).toHaveLength(1)
})

test('a unit that throws is rolled back alone', async () => {
  const notes = connection()
  const { run } = createGroupCommit(notes)
  const refused = run(async () => Promise.reject(new Error('no')))
  const [good, bad] = await Promise.allSettled([run(async () => 'yes'), refused])
  expect(good).toMatchObject({ value: 'yes' })
  expect(bad).toMatchObject({ reason: { message: 'no' } })
  expect(notes.log).toContain('rollback to unit')
  expect(notes.log.at(-1)).toBe('commit')
})

test('a commit that fails is told to every unit in it', async () => {
  const notes = connection(sql => sql === 'commit')
  const { run } = createGroupCommit(notes)
  const results = await Promise.allSettled([run(async () => 1), run(async () => 2)])
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(notes.inTransaction).toBe(false)
})

test('where no transaction can begin, nobody is left waiting', async () => {
  const { run } = createGroupCommit(connection(sql => sql.startsWith('begin')))
  await expect(Promise.all([run(async () => 1), run(async () => 2)])).rejects.toThrow(
    'failed: begin immediate',
  )
})

test('a unit on which SQLite gave up the transaction fails with all that were in it', async () => {
  const notes = connection()
  const { run } = createGroupCommit(notes)
  const first = run(async () => 1)
  const second = run(async () => {
    notes.inTransaction = false
    throw new Error('disk full')
  })
  const results = await Promise.allSettled([first, second])
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await run(async () => 3)).toBe(3)
})

test('a unit that lost a race is run again', async () => {
  const { run, idle } = createGroupCommit(connection())
  let runs = 0
  const unit = run(async () => {
    runs++
    if (runs === 1) throw new RetryTransaction()
    return runs
  })
  expect(await unit).toBe(2)
  await idle()
})

test('idle waits for what was queued', async () => {
  const notes = connection()
  const { run, idle } = createGroupCommit(notes)
  let done = false
  run(async () => {
    done = true
  })
  await idle()
  expect(done).toBe(true)
})

import { defineCommand } from './command.js'
import { parseCount } from './flag-values.js'
import { withRecords } from './open-records.js'
import { createProgress } from './progress.js'
import { recordsFlags } from './records-flags.js'

export const apiSeed = defineCommand({
  name: 'zeroten api seed',
  summary: 'fills an account with invented people and answers, to see what /report looks like',
  flags: {
    responses: { takes: 'N', parse: parseCount, initial: '5000', help: 'how many responses' },
    seed: {
      takes: 'N',
      parse: parseCount,
      initial: '1',
      help: 'the same number makes the same people and answers',
    },
    ...recordsFlags,
  },
  run: ({ responses, seed, ...where }, { print }) =>
    withRecords(where, async ({ storage, accountId }) => {
      const { seedAccount } = await import('../api/seed/seed.js')
      const progress = createProgress('responses')
      try {
        await seedAccount(storage, {
          accountId,
          responses,
          seed,
          nowMs: Date.now(),
          onProgress: done => progress.show(done, responses),
        })
      } finally {
        progress.end()
      }
      print(`account ${accountId} has ${responses} responses more, all of them invented`)
    }),
})

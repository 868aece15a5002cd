import { type Command, defineCommand } from './command.js'
import { withRecords } from './open-records.js'
import { recordsFlags } from './records-flags.js'
import { UsageError } from './usage-error.js'

function emailOf(argument: string | undefined): string {
  if (argument === undefined || argument.trim() === '') throw new UsageError('the e-mail is missing')
  return argument
}

const personErase = defineCommand({
  name: 'zeroten person erase',
  summary: 'erases everything about somebody, and refuses what they did before and still waits on a device',
  argument: 'EMAIL',
  flags: recordsFlags,
  async run(values, { print }, argument) {
    const email = emailOf(argument)
    await withRecords(values, async ({ storage, accountId }) => {
      const { eraseByEmail } = await import('../api/storage/erase-end-user.js')
      const { ensureServerSecret } = await import('../api/storage/accounts.js')
      const { randomSecret } = await import('../api/oauth/secrets.js')
      const { TOMBSTONE_SECRET } = await import('../api/storage/tombstones.js')
      const secret = await storage.writeExclusively(db =>
        ensureServerSecret(db, TOMBSTONE_SECRET, randomSecret()),
      )
      const erased = await eraseByEmail(storage, email, { accountId, secret, nowMs: Date.now() })
      // Not the e-mail: this may be kept in a log.
      print(
        erased
          ? `end user ${erased.id} erased, with everything that was theirs`
          : 'nobody of that e-mail is known; what they did before now will be refused',
      )
    })
  },
})

const personExport = defineCommand({
  name: 'zeroten person export',
  summary: 'prints everything that is held on somebody, as JSON',
  argument: 'EMAIL',
  flags: recordsFlags,
  async run(values, { print }, argument) {
    const email = emailOf(argument)
    await withRecords(values, async ({ storage, accountId }) => {
      const { exportPerson } = await import('../api/export/export-person.js')
      const person = await exportPerson(storage.db, { accountId, email })
      if (!person) throw new UsageError('nobody of that e-mail is known')
      print(JSON.stringify(person, null, 2))
    })
  },
})

/** `zeroten person …`. */
export const personCommands: Readonly<Record<string, Command>> = {
  'person erase': personErase,
  'person export': personExport,
}

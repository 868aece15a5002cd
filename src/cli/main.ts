import type { Command, CommandContext } from './command.js'
import { api } from './command-api.js'
import { accountAdd, accountList, accountRotate } from './command-api-account.js'
import { apiSeed } from './command-api-seed.js'
import { webhookCommands } from './command-api-webhook.js'
import { demo } from './command-demo.js'
import { exportCommands } from './command-export.js'
import { identitySign } from './command-identity.js'
import { importCommands } from './command-import.js'
import { personCommands } from './command-person.js'
import { proxy } from './command-proxy.js'
import { report } from './command-report.js'
import { explainFailure } from './explain-failure.js'
import { alignRows } from './flags.js'
import { UsageError } from './usage-error.js'

declare const __VERSION__: string

/** By the words that are typed. The longest match wins. */
const COMMANDS: Readonly<Record<string, Command>> = {
  api,
  'api account add': accountAdd,
  'api account list': accountList,
  'api account rotate': accountRotate,
  ...webhookCommands,
  'api seed': apiSeed,
  proxy,
  demo,
  report,
  ...exportCommands,
  ...importCommands,
  ...personCommands,
  'identity sign': identitySign,
}

const helpOfAll = (): string =>
  [
    'zeroten: ask a site’s visitors the NPS question\n',
    `Usage: zeroten <command> [flags]\n${alignRows(
      Object.entries(COMMANDS).map(([words, { summary }]) => [words, summary]),
    )}`,
    'zeroten <command> --help tells the flags and the environment of one. zeroten --version tells the version.',
  ].join('\n')

/** The command that the first words name, and what follows them. */
function findCommand(argv: readonly string[]): { words: string; command: Command; rest: readonly string[] } {
  for (let length = Math.min(argv.length, 3); length > 0; length--) {
    const words = argv.slice(0, length).join(' ')
    const command = Object.hasOwn(COMMANDS, words) ? COMMANDS[words] : undefined
    if (command) return { words, command, rest: argv.slice(length) }
  }
  const first = argv[0] ?? ''
  const longer = Object.keys(COMMANDS).filter(words => words.startsWith(`${first} `))
  throw new UsageError(
    longer.length > 0 ? `Say which: ${longer.join(', ')}` : `There is no command '${first}'`,
  )
}

/**
 * Runs one command line to its end; a server's end is SIGTERM or SIGINT.
 *
 * @returns the exit code: 0, 1 for what went wrong while running, 2 for what was typed or is missing
 */
export async function main(
  argv: readonly string[],
  { printError, ...context }: CommandContext & { printError(line: string): void },
): Promise<number> {
  let hint = 'zeroten --help'
  try {
    if (argv[0] === undefined || argv[0] === '--help' || argv[0] === 'help') {
      context.print(helpOfAll().trimEnd())
      return argv[0] === undefined ? 2 : 0
    }
    if (argv[0] === '--version') {
      context.print(__VERSION__)
      return 0
    }
    const { words, command, rest } = findCommand(argv)
    hint = `zeroten ${words} --help`
    if (rest.includes('--help') || rest.includes('-h')) context.print(command.help.trimEnd())
    else await command.run(rest, context)
    return 0
  } catch (error) {
    if (error instanceof UsageError) {
      printError(`zeroten: ${error.message} (see ${hint})`)
      return 2
    }
    printError(`zeroten: ${explainFailure(error)}`)
    return 1
  }
}

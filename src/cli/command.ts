import { alignRows, describeFlags, type Flags, type FlagValues, parseArguments } from './flags.js'
import { UsageError } from './usage-error.js'

/** What a command may touch of its context. */
export interface CommandContext {
  env: Readonly<Record<string, string | undefined>>
  /** Writes one line for the user, on stdout. */
  print(line: string): void
}

/** One command of the table in `main.ts`. */
export interface Command {
  /** One line, for the list of commands. */
  summary: string
  help: string
  run(argv: readonly string[], context: CommandContext): Promise<void>
}

interface CommandOptions<F extends Flags> {
  /** As typed: `zeroten api account add`. */
  name: string
  summary: string
  flags: F
  /** Variables that it reads, and what they are for. */
  environment?: Record<string, string>
  /** What stands for a word beside the flags in the help: `FILE`; without it, there is none. */
  argument?: string
  run(values: FlagValues<F>, context: CommandContext, argument: string | undefined): Promise<void>
}

/** A command from its table of flags: parsing and help come of the same table. */
export function defineCommand<const F extends Flags>(options: CommandOptions<F>): Command {
  const { name, summary, flags, environment = {}, argument, run } = options
  const variables = Object.entries(environment)
  return {
    summary,
    help: [
      `${name}: ${summary}\n`,
      `Usage: ${name}${argument ? ` ${argument}` : ''} [flags]\n${describeFlags({ ...flags, help: { help: 'this text' } })}`,
      ...(variables.length > 0 ? [`Environment:\n${alignRows(variables)}`] : []),
    ].join('\n'),
    async run(argv, context) {
      const { env } = context
      const parsed = parseArguments(argv, flags, { env, allowPositionals: argument !== undefined })
      await run(parsed.values, context, parsed.argument)
    },
  }
}

/** A variable that must be set; to nothing counts as unset. @throws UsageError that names it */
export function requireVariable({ env }: CommandContext, name: string): string {
  const value = env[name]
  if (!value) throw new UsageError(`${name} is not set`)
  return value
}

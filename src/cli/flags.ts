import { parseArgs } from 'node:util'
import { UsageError } from './usage-error.js'

/** A flag that takes a value. */
interface ValueFlag<T> {
  /** What stands for the value in the help: `PORT`, `URL`. */
  takes: string
  help: string
  /** Turns the text into the value, or throws an Error whose message ends the sentence "--flag …". */
  parse: (text: string) => T
  /** As if it had been typed; shown in the help. */
  initial?: string
  /** May be given more than once; the value is then an array, empty where it was not given. */
  many?: true
}

/** A flag that is there or not. */
interface Switch {
  help: string
}

export type Flags = Record<string, ValueFlag<unknown> | Switch>

/** What {@link parseFlags} makes of a table of flags. */
export type FlagValues<F extends Flags> = {
  [K in keyof F]: F[K] extends ValueFlag<infer T>
    ? F[K] extends { many: true }
      ? T[]
      : F[K] extends { initial: string }
        ? T
        : T | undefined
    : boolean
}

const takesValue = (flag: ValueFlag<unknown> | Switch): flag is ValueFlag<unknown> => 'takes' in flag

/** Node explains itself over several lines and with advice that is not ours; its first sentence is what we need. */
const firstSentence = (message: string): string =>
  message.split(/\n|\. /, 1)[0]?.replace(/\.$/, '') ?? message

function tokenize(argv: readonly string[], flags: Flags): Record<string, unknown> {
  try {
    return parseArgs({
      args: [...argv],
      options: Object.fromEntries(
        Object.entries(flags).map(([name, flag]) => [
          name,
          takesValue(flag)
            ? { type: 'string' as const, multiple: flag.many ?? false }
            : { type: 'boolean' as const },
        ]),
      ),
    }).values
  } catch (cause) {
    throw new UsageError(firstSentence(cause instanceof Error ? cause.message : String(cause)), { cause })
  }
}

function parseValue<T>(name: string, flag: ValueFlag<T>, text: string): T {
  try {
    return flag.parse(text)
  } catch (cause) {
    throw new UsageError(`--${name} ${cause instanceof Error ? cause.message : cause}, not '${text}'`, {
      cause,
    })
  }
}

/**
 * Reads the arguments of a command by its table of flags.
 *
 * @throws UsageError for a flag that the table does not have, a value that is missing or is not of its kind
 */
export function parseFlags<const F extends Flags>(argv: readonly string[], flags: F): FlagValues<F> {
  const given = tokenize(argv, flags)
  const values = Object.entries(flags).map(([name, flag]) => {
    if (!takesValue(flag)) return [name, given[name] === true]
    const text = given[name] ?? (flag.many ? [] : flag.initial)
    if (Array.isArray(text)) return [name, text.map(one => parseValue(name, flag, String(one)))]
    return [name, text === undefined ? undefined : parseValue(name, flag, String(text))]
  })
  return Object.fromEntries(values) as FlagValues<F>
}

/** The lines of a help text for a table of flags, aligned. */
export function describeFlags(flags: Flags): string {
  const rows = Object.entries(flags).map(([name, flag]): [string, string] =>
    takesValue(flag)
      ? [`--${name} ${flag.takes}`, `${flag.help}${flag.initial === undefined ? '' : ` [${flag.initial}]`}`]
      : [`--${name}`, flag.help],
  )
  return alignRows(rows)
}

/** Two columns, the first as wide as its longest cell. */
export function alignRows(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join('')
}

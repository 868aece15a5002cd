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
  /** The variable that says it where it is not typed. */
  variable?: string
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

function tokenize(argv: readonly string[], flags: Flags, allowPositionals: boolean) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals,
      options: Object.fromEntries(
        Object.entries(flags).map(([name, flag]) => [
          name,
          takesValue(flag)
            ? { type: 'string' as const, multiple: flag.many ?? false }
            : { type: 'boolean' as const },
        ]),
      ),
    })
  } catch (cause) {
    throw new UsageError(firstSentence(cause instanceof Error ? cause.message : String(cause)), { cause })
  }
}

function parseValue<T>(source: string, { parse }: ValueFlag<T>, text: string): T {
  try {
    return parse(text)
  } catch (cause) {
    throw new UsageError(`${source} ${cause instanceof Error ? cause.message : cause}, not '${text}'`, {
      cause,
    })
  }
}

/**
 * Reads the arguments of a command by its table of flags.
 *
 * @param env for flags that a variable can say; one that is set to nothing counts as unset
 * @throws UsageError for a flag that the table does not have, a value that is missing or is not of its kind
 */
export const parseFlags = <const F extends Flags>(
  argv: readonly string[],
  flags: F,
  env: Readonly<Record<string, string | undefined>> = {},
): FlagValues<F> => parseArguments(argv, flags, { env, allowPositionals: false }).values

/**
 * As {@link parseFlags}, with what stands beside the flags: one word at most.
 *
 * @throws UsageError where there are more
 */
export function parseArguments<const F extends Flags>(
  argv: readonly string[],
  flags: F,
  { env, allowPositionals }: { env: Readonly<Record<string, string | undefined>>; allowPositionals: boolean },
): { values: FlagValues<F>; argument: string | undefined } {
  const { values: given, positionals } = tokenize(argv, flags, allowPositionals)
  const [argument, ...others] = positionals
  if (others.length > 0)
    throw new UsageError(`takes one word beside its flags, not also '${others.join(' ')}'`)
  const read = (name: string, flag: ValueFlag<unknown>): unknown => {
    const typed: unknown = given[name]
    if (flag.many) return (Array.isArray(typed) ? typed : []).map(text => parseValue(`--${name}`, flag, text))
    if (typeof typed === 'string') return parseValue(`--${name}`, flag, typed)
    const said = flag.variable && env[flag.variable]
    if (flag.variable && said) return parseValue(flag.variable, flag, said)
    return flag.initial === undefined ? undefined : flag.parse(flag.initial)
  }
  const values = Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [
      name,
      takesValue(flag) ? read(name, flag) : given[name] === true,
    ]),
  ) as FlagValues<F>
  return { values, argument }
}

const fallback = ({ variable, initial }: ValueFlag<unknown>): string => {
  const sources = [variable, initial].filter(source => source !== undefined)
  return sources.length > 0 ? ` [${sources.join(', else ')}]` : ''
}

/** The lines of a help text for a table of flags, aligned. */
export function describeFlags(flags: Flags): string {
  const rows = Object.entries(flags).map(([name, flag]): [string, string] =>
    takesValue(flag)
      ? [`--${name} ${flag.takes}`, `${flag.help}${fallback(flag)}`]
      : [`--${name}`, flag.help],
  )
  return alignRows(rows)
}

/** Two columns, the first as wide as its longest cell. */
export function alignRows(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join('')
}

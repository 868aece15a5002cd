import { type CompiledQuery, type QueryResult, type RawBuilder, sql } from 'kysely'
import type { Db } from './storage.js'

/** Stands in a compiled query for a value that comes later. */
class Placeholder {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** A value of the query, by its name. */
export type Values<P> = <K extends keyof P & string>(name: K) => RawBuilder<P[K]>

/**
 * A query that is put together and compiled once for each engine, since doing so takes longer than SQLite takes to
 * run it. For what every request does.
 */
export function prepare<P extends object, R>(build: (db: Db, values: Values<P>) => CompiledQuery<R>) {
  // A transaction is a Kysely of its own, but shares its engine's adapter.
  const compiled = new WeakMap<object, CompiledQuery<R>>()
  const values: Values<P> = name => sql`${new Placeholder(name)}`

  return (db: Db, given: P): Promise<QueryResult<R>> => {
    const { adapter } = db.getExecutor()
    let query = compiled.get(adapter)
    if (!query) {
      query = build(db, values)
      compiled.set(adapter, query)
    }
    const parameters = query.parameters.map(value =>
      value instanceof Placeholder ? given[value.name as keyof P] : value,
    )
    return db.executeQuery({ ...query, parameters })
  }
}

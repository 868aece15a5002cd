import type { RawBuilder } from 'kysely'

/** What the engines' column types, table options and statements are called. */
export interface SqlNames {
  /** A whole number up to 2^53. */
  integer: RawBuilder<unknown>
  /** What ends a `create table`. */
  tableEnd: RawBuilder<unknown>
  /** Lets a text column be null. */
  dropNotNull(table: string, column: string): RawBuilder<unknown>
}

/** One step of the schema's history. */
export interface Migration {
  /** Never changes once released. */
  name: string
  statements(names: SqlNames): RawBuilder<unknown>[]
}

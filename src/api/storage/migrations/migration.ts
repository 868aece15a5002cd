import type { RawBuilder } from 'kysely'

/** What the engines' column types, table options and statements are called. */
export interface SqlNames {
  /** A whole number up to 2^53. */
  integer: RawBuilder<unknown>
  /** What ends a `create table`. */
  tableEnd: RawBuilder<unknown>
  /** The type of a primary key that the engine counts up. */
  serialKey: RawBuilder<unknown>
  /** Lets a text column be null. */
  dropNotNull(table: string, column: string): RawBuilder<unknown>
  /** A source with the columns `key` and `value`: the members of a JSON object, as texts. Null members are left out. */
  jsonTexts(json: string): string
  /**
   * Triggers that run a statement for each row that is inserted or deleted (`new`, `old`), and for both of a row of which one
   * of `columns` is set.
   */
  afterChange(
    table: string,
    columns: readonly string[],
    statement: (row: 'new' | 'old') => string,
  ): RawBuilder<unknown>[]
}

/** One step of the schema's history. */
export interface Migration {
  /** Never changes once released. */
  name: string
  statements(names: SqlNames): RawBuilder<unknown>[]
}

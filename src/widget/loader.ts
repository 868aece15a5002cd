import type * as chunk from './chunk.js'
import type * as tools from './tools.js'

/** How the parts that are not in the core are reached: by URL from the tag's file, by the bundler from npm. */
export interface Loader {
  panel(): Promise<typeof chunk>
  tools(): Promise<typeof tools>
  more(): Promise<object>
  words(code: string): Promise<{ words: readonly string[] }>
}

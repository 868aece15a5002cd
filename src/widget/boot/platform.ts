/**
 * What a page's own code may have taken the place of. `const URL = '/api'` in a classic script hides the platform's `URL`
 * from every script of the page, ours too, while `window.URL` is still the platform's: so the build reaches all globals
 * through `window`, which can't be hidden (https://html.spec.whatwg.org/#dom-window). `var performance = {}` replaces the
 * property itself, and an extended prototype reaches every object: for these there is this module.
 */

/** Milliseconds of a clock that nobody sets; of the device's clock, where the page has something else in its place. */
export const nowMs = (): number => performance?.now?.() ?? Date.now()

/** Not the global `origin`: `var origin = 'newsletter'` replaces it. `about:srcdoc` has none of its own, but its blobs do. */
export const pageOrigin = (): string =>
  location.origin === 'null' ? URL.createObjectURL(new Blob()).slice(5, -37) : location.origin

/**
 * JSON of plain data, whatever stands in the page's prototypes: Prototype 1.6 gives every array a `toJSON` that makes it
 * a text, and some pages give one to every object.
 */
export const encode = (value: unknown): string =>
  Array.isArray(value)
    ? `[${value.map(encode)}]`
    : value && typeof value === 'object'
      ? `{${Object.entries(value).flatMap(([name, field]) => (field === undefined ? [] : `${encode(name)}:${encode(field)}`))}}`
      : (JSON.stringify(value) ?? 'null')

/**
 * Every string that a visitor can meet, and where it stands in a language's array.
 *
 * A language is a file beside this one, `src/widget/locales/<code>.ts`, one chunk in the build, loaded on demand, and a line in
 * `registry.ts`:
 *
 * ```ts
 * import { inOrder } from './messages.js'
 *
 * export const words = inOrder({ question: '…', questionPlain: '…', … })
 * ```
 *
 * A missing or a surplus string is a type error. What travels is an array, since names would cost more than the words:
 * ≤ 0.6 kB brotli a language. UTF-8 as it is, no escapes.
 *
 * **For translators**
 *
 * - Placeholders stay as they are, braces included, each exactly once, in whatever place the grammar wants.
 *   They are filled with text that the site or the browser supplies and that can't be inflected: word around it
 *   (Finnish "palvelua {product}", Czech "službu {product}", Russian "сервис {product}"), so that a nominative fits.
 *   No elision, contraction or article directly before one ("de {product}", never "d'{product}"), no vowel harmony or
 *   particle that depends on it (Korean: choose a wording without 을/를 after `{product}`, or write `을(를)`).
 *   No quotation marks around them.
 * - Nothing says or needs a gender, neither the visitor's nor that of what is named, and nothing counts, so there are no plurals.
 * - Register: courteous, as a good shop speaks to an adult: Sie, vous, usted, u, вы, Pan/Pani avoided by an impersonal wording.
 *   `es-mx`, `pt` (Brazilian) as service speech there is; `nl-informal` and `de-informal` say je and du throughout.
 *   Verbs before slogans, no exclamation beyond those of the English, no emoji.
 * - The two ends of the scale mean "would certainly not" and "would certainly"; neither means "unlikely" only. They are read as a
 *   pair under the scale, so build them alike.
 * - Lengths are in characters at 320 px, what is longer wraps (nothing is ever cut), but looks worse. East Asian
 *   languages have half of each.
 * - Punctuation of the language: « … », ？ in full width for Chinese and Japanese, a no-break space before ! and ? in French, and so on.
 *   Labels and button texts end without a full stop.
 * - Right-to-left languages need no marks (U+200E, U+200F): the panel isolates what it fills in.
 */
export const AT = {
  /** The question, with the product's name. Placeholders: {product} {target}. ≤ 80 without them. */
  question: 0,
  /** The same where the site gave no product name: "recommend us". Placeholder: {target}. ≤ 80. */
  questionPlain: 1,
  /**
   * What stands for {target} unless the site gives another, in the case that the two questions need it in. A site's own
   * comes in the nominative, so prefer a question in which that reads well too. ≤ 30.
   */
  target: 2,
  /** Beneath 0. Capitalised, as a label of its own. ≤ 22. */
  low: 3,
  /** Beneath 10. ≤ 22. */
  high: 4,
  /**
   * What a screen reader says for each choice: begins with {score}, since that is what one sees. Placeholders: {score}
   * {min} {max}, which are filled with digits of the language. Any length that can be listened to eleven times.
   */
  scoreName: 5,
  /** The follow-up after 9 or 10. One warm word, one open question. ≤ 60. */
  promoter: 6,
  /** The follow-up after 7 or 8. ≤ 60. */
  passive: 7,
  /** The follow-up after 0 to 6. Sober: thanks for the candour, no apology for what we don't know yet. ≤ 60. */
  detractor: 8,
  /** Inside the empty text field. Says that nothing needs to be written. ≤ 30. */
  placeholder: 9,
  /** The button that sends score and text. One word where the language has one. ≤ 12. */
  send: 10,
  /** Where the device refused to keep the answer; the visitor may press again. ≤ 50. */
  failed: 11,
  /** After it was sent, to everyone. ≤ 30. */
  thanks: 12,
  /** Name of the close button (a cross). ≤ 12. */
  close: 13,
  /**
   * Spoken once to screen readers when the panel appears, since it takes no focus: says that a question came, and where.
   * Placeholder: {question}, the whole question, which ends in a question mark.
   */
  announce: 14,
  /** Beside a tick box, in the visitor's voice: the site may show the comment to others. ≤ 40. */
  share: 15,
  /** A small button: never ask again. Imperative, in the visitor's voice. ≤ 25. */
  optOut: 16,
  /** Shown for a moment after that button. ≤ 40. */
  optedOut: 17,
  /** A link for promoters. Placeholder: {network}, "Facebook" or "X". ≤ 20 without it. */
  shareOn: 18,
  /** Spoken after the name of a link, in brackets: it leaves this tab alone. Lower case where the language allows. */
  newTab: 19,
} as const

export type WordName = keyof typeof AT

/** In their order. */
export const WORD_NAMES = /* @__PURE__ */ Object.keys(AT) as readonly WordName[]

/** One string for each name, as a language's file says them. */
export type Messages = { readonly [K in WordName]: string }

/** The same as they travel, by position: read with {@link AT}. */
export type Words = { readonly [K in WordName as (typeof AT)[K]]: string } & readonly string[]

/** The build does this beforehand, so that a language's chunk is an array. */
export const inOrder = (messages: Messages): Words =>
  WORD_NAMES.map(name => messages[name]) as unknown as Words

/** The placeholders that a string must contain, each once; a string that is not listed has none. */
export const PLACEHOLDERS: { readonly [K in WordName]?: readonly string[] } = {
  question: ['{product}', '{target}'],
  questionPlain: ['{target}'],
  scoreName: ['{score}', '{min}', '{max}'],
  announce: ['{question}'],
  shareOn: ['{network}'],
}

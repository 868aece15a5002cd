/** What a secret that is written by a machine has at the least, in characters and in bits that no pattern explains. */
const MIN_LENGTH = 32
const MIN_BITS = 64
/** How many of a random text's pairs of letters are common ones by chance, and what no chance explains: so many deviations. */
const COMMON_SHARE = 0.26
const MAX_DEVIATIONS = 5.5

const COMMON_PAIRS = new Set(
  (
    'th he in er an re nd at on nt ha es st en ed to it ou ea hi is or ti as te et ng of al de se le sa si ar ve ra ' +
    'ld ur ro me ne ic co ll be ch ri la ma el us li om so ca ta ce ho no wa il pa ec wi ee lo pe tr ss ot ge ie ei ' +
    'un ut ck ke ly ai em ol am op rs ns id ad ct pr ac mo po do fo di sh su ni vi sc ul ow ap wo fr im ir my ay oo ' +
    'rd ep ag ig pl cl bl br cr gr go ba bo bu da ex ab ev rm rk rt ts tt gh ht'
  ).split(' '),
)

/** Letters as people disguise them. */
const DISGUISES: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  '@': 'a',
  $: 's',
}

/** Runs along a keyboard's rows and along the alphabet. */
const ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm', '01234567890', 'abcdefghijklmnopqrstuvwxyz']

const isHex = (text: string): boolean => /^[\da-f-]*$/.test(text)

/** Marks the letters of words, and all of a script that no generator writes. @returns whether they are a phrase */
function markWords(text: string, marks: boolean[]): boolean {
  // Hexadecimal digits make a word or two, and no phrase.
  if (isHex(text)) return false
  const plain = text.replace(/[013457@$]/g, sign => DISGUISES[sign] ?? sign)
  let pairs = 0
  let common = 0
  let chain = 0
  for (let index = 0; index < plain.length; index++) {
    if (plain.charCodeAt(index) > 127) marks[index] = true
    const pair = plain.slice(index, index + 2)
    const isCommon = COMMON_PAIRS.has(pair)
    if (/^[a-z]{2}$/.test(pair)) pairs++
    if (isCommon) common++
    chain = isCommon ? chain + 1 : 0
    if (chain >= 2) marks.fill(true, index - 1, index + 2)
  }
  const deviation = Math.sqrt(pairs * COMMON_SHARE * (1 - COMMON_SHARE))
  return common - pairs * COMMON_SHARE > MAX_DEVIATIONS * deviation
}

/** Marks what goes on as it began: `aaaa`, `1234`, `qwer`, and whatever stood there before. */
function markPatterns(text: string, marks: boolean[]): void {
  const seen = new Set<string>()
  for (let index = 0; index + 3 <= text.length; index++) {
    const three = text.slice(index, index + 3)
    const back = [...three].reverse().join('')
    const isRun = three === three.charAt(0).repeat(3)
    if (isRun || seen.has(three) || ROWS.some(row => row.includes(three) || row.includes(back)))
      marks.fill(true, index, index + 3)
    seen.add(three)
  }
}

function alphabetSize(secret: string): number {
  if (/^\d*$/.test(secret)) return 10
  if (isHex(secret.toLowerCase())) return 16
  return (
    [/[a-z]/, /[A-Z]/].filter(letters => letters.test(secret)).length * 26 + (/\d/.test(secret) ? 10 : 0) + 2
  )
}

/**
 * What is wrong with a secret that seals or signs, as the end of a sentence that begins with its name. Whoever holds one
 * sealed text can guess at a weak secret offline, millions of times a second. This is an estimate from length, words, runs
 * and repetitions: what a generator writes passes, and a phrase does not.
 *
 * @returns undefined where it is strong
 */
export function weaknessOf(secret: string): string | undefined {
  const advice = ': openssl rand -hex 32 makes one'
  if (secret.length < MIN_LENGTH) return `must have at least ${MIN_LENGTH} characters${advice}`
  const text = secret.toLowerCase()
  const marks = new Array<boolean>(text.length).fill(false)
  const isPhrase = markWords(text, marks)
  markPatterns(text, marks)
  const bits = marks.filter(isMarked => !isMarked).length * Math.log2(alphabetSize(secret))
  return isPhrase || bits < MIN_BITS ? `must be random, no phrase and no pattern${advice}` : undefined
}

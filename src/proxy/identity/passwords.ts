import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { longestPassword, shortestPassword } from '#contract/people.ts'
import { ProblemError } from '../problem.ts'
import { characters } from './characters.ts'

/**
 * Passwords: which are good enough, and how one is kept and compared. scrypt with OWASP's parameters,
 * N = 2¹⁷, r = 8, p = 1: https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
 */
export type Passwords = ReturnType<typeof createPasswords>

/** Each takes 128 MB and a thread for its time. */
const mostAtOnce = 2
const mostWaiting = 20
const keyBytes = 32

/** @param cost scrypt's N, a power of two; what is kept says with which one it was made. */
export function createPasswords({ cost, now }: { cost: number; now: () => number }) {
  let running = 0
  const waiting: (() => void)[] = []

  /** Waits for its turn; when too many wait already it is refused, not queued without end. */
  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running < mostAtOnce) running += 1
    else if (waiting.length < mostWaiting) {
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else {
      throw new ProblemError(
        'too-many-attempts',
        'Too many people are signing in at this moment. Try again in a few seconds.',
        { retryAt: now() + 5000 },
      )
    }
    try {
      return await work()
    } finally {
      // The place is handed on, so that nobody slips in between.
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }

  async function hash(password: string): Promise<string> {
    const salt = randomBytes(16)
    const key = await inTurn(() => derive(password, salt, { N: cost, r: 8, p: 1 }))
    return ['scrypt', cost, 8, 1, salt.toString('base64url'), key.toString('base64url')].join('$')
  }

  /** What a name that nobody has is compared with, so that it takes as long. */
  const nobodys = ['scrypt', cost, 8, 1, randomBytes(16).toString('base64url'), ''].join('$')

  /** Whether it is the one that was kept; `null` (nobody, or none set) takes as long and is never right. */
  async function matches(password: string, kept: string | null): Promise<boolean> {
    const [, N, r, p, salt = '', key = ''] = (kept ?? nobodys).split('$')
    const options = { N: Number(N), r: Number(r), p: Number(p) }
    // More than can be a password is not worth the work, and tells nothing about a name. Cut as it was measured.
    const tried = characters(password.normalize('NFKC'), 0, longestPassword + 1)
    const found = await inTurn(() => derive(tried, Buffer.from(salt, 'base64url'), options))
    const right = Buffer.from(key, 'base64url')
    return right.length === keyBytes && timingSafeEqual(found, right)
  }

  return { hash, matches }
}

function derive(password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  const maxmem = 160 * (options.N ?? 0) * (options.r ?? 0)
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, keyBytes, { ...options, maxmem }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}

/**
 * Refuses a password that is too short, too long, or one that is tried first.
 *
 * @param about words that say nothing here: the person's name, the product's.
 * @throws ProblemError `invalid-request` with the field `password`.
 */
export async function assertGoodPassword(password: string, about: readonly string[]) {
  const refuse = (sentence: string) => {
    throw new ProblemError('invalid-request', sentence, { field: 'password' })
  }
  const { length } = [...password.normalize('NFKC')]
  if (length < shortestPassword) {
    refuse(`A password needs ${shortestPassword} characters or more; four unrelated words do well.`)
  }
  if (length > longestPassword) refuse(`A password may have ${longestPassword} characters at most.`)
  const common = await commonPasswords()
  const worn = [...about, 'tandem', 'cloudflare', 'warp', 'connector'].flatMap((word) => [
    squash(word),
    ...word.split(/[^\p{L}\p{N}]+/u).map(squash),
  ])
  if (isWorn(password, common, new Set(worn.filter((word) => word.length >= 3)))) {
    refuse('This password is among those that are tried first. Take unrelated words instead.')
  }
}

let common: Promise<Set<string>> | null = null

/** Loaded when the first password is set, which most starts never see. */
function commonPasswords(): Promise<Set<string>> {
  common ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common'].map((word) => word.toLowerCase())),
  )
  return common
}

/** `P@ssw0rd` is `password` to everybody who guesses. */
const disguises: Record<string, string> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
}
const squash = (text: string) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s._-]+/g, '')
const unmask = (text: string) => [...text].map((letter) => disguises[letter] ?? letter).join('')

/** Whether it is one known word or a run, made longer only by repeating it or by a few characters. */
function isWorn(password: string, common: Set<string>, about: Set<string>): boolean {
  for (const text of [squash(password), unmask(squash(password))]) {
    const isKnown = (word: string) =>
      common.has(word) || common.has(unmask(word)) || about.has(word) || isRun(word)
    if (isKnown(text) || isKnown(oncePeriod(text))) return true
    const core = text.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
    if (core.length >= 3 && (isKnown(core) || isKnown(oncePeriod(core)))) return true
    if (coveredBy(text, isKnown) || coveredBy(core, isKnown)) return true
  }
  return false
}

/** `abcabcabc` is `abc`; what repeats nothing is itself. */
function oncePeriod(text: string): string {
  const at = (text + text).indexOf(text, 1)
  return text.slice(0, at)
}

/** One character over and over, or neighbours in the alphabet or the digits. */
function isRun(text: string): boolean {
  if (text.length < 3) return true
  const codes = [...text].map((letter) => letter.codePointAt(0) ?? 0)
  const step = (codes[1] ?? 0) - (codes[0] ?? 0)
  if (Math.abs(step) > 1) return false
  return codes.every((code, at) => at === 0 || code - (codes[at - 1] ?? 0) === step)
}

/** Made of at most two known words and nothing else, such as `tandemcloudflare`. */
function coveredBy(text: string, isKnown: (word: string) => boolean): boolean {
  for (let at = 3; at <= text.length - 3; at += 1) {
    if (isKnown(text.slice(0, at)) && isKnown(text.slice(at))) return true
  }
  return false
}

import { timingSafeEqual } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ProblemError } from '../problem.ts'
import { newCode, opaqueHash, readCode } from './opaque.ts'

/**
 * The one-time code with which the first admin is made: whoever opens the page first is nobody yet, whoever
 * can read this machine's log or data folder is its owner.
 */
export type Setup = ReturnType<typeof createSetup>

const validMs = 30 * 60_000
const mostTries = 10
/** 26 characters of 5 bits: 130 bits. */
const codeCharacters = 26
/** A code that is over is followed by another, at most this often. */
const pauseMs = 60_000

export function createSetup({
  dataDir,
  now,
  say,
}: {
  dataDir: string
  now: () => number
  /** Puts the code where the machine's owner reads it. */
  say: (code: string, file: string) => void
}) {
  const file = join(dataDir, 'setup-code')
  let current: { hash: Buffer; madeAt: number; tries: number } | null = null

  const isGood = () =>
    current !== null && current.tries < mostTries && now() - current.madeAt < validMs

  /** Makes a code and tells it, in the log and in a file that only its owner can read. */
  function make() {
    const code = newCode(codeCharacters, 5)
    current = { hash: digest(code), madeAt: now(), tries: 0 }
    rmSync(file, { force: true })
    writeFileSync(file, `${code}\n`, { mode: 0o600 })
    say(code, file)
  }

  function forget() {
    current = null
    rmSync(file, { force: true })
  }

  /**
   * Takes the code: from here on it is spent. Nothing waits in between, so of two that have it, one wins.
   *
   * @returns gives it back, when what it was for could not be done.
   * @throws ProblemError `sign-in-failed`.
   */
  function spend(typed: string): () => void {
    if (!isGood()) {
      if (current === null || now() - current.madeAt >= pauseMs) make()
      throw new ProblemError(
        'sign-in-failed',
        'That code is over: it is good for 30 minutes and ten tries. A new one is in Tandem’s log and in the file setup-code of its data folder.',
        { field: 'code' },
      )
    }
    const held = current as NonNullable<typeof current>
    held.tries += 1
    if (!timingSafeEqual(digest(typed), held.hash)) {
      throw new ProblemError(
        'sign-in-failed',
        'That is not the code. It is in Tandem’s log and in the file setup-code of its data folder.',
        { field: 'code' },
      )
    }
    current = null
    return () => {
      current = held
    }
  }

  return { make, forget, spend }
}

const digest = (code: string) => Buffer.from(opaqueHash(readCode(code)), 'hex')

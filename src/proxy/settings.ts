import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { codeOf } from './problem.ts'

/** What is set for Tandem and its commands, by name. */
export type Settings = Record<string, string | undefined>

/**
 * The environment, and what it leaves open from the file `.env` in the folder that one stands in.
 *
 * @throws an Error with one line for people when the file is there and can't be read.
 */
export function readSettings(): Settings {
  let text = ''
  try {
    if (existsSync('.env')) text = readFileSync('.env', 'utf8')
  } catch (error) {
    throw new Error(
      `.env can’t be read (${codeOf(error)}): it must be a file that Tandem may read.`,
      { cause: error },
    )
  }
  return { ...parseEnv(text), ...process.env }
}

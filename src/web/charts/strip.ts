import { stripBuckets, type TunnelSummary } from '#contract/history.ts'
import { manyText } from '#web/ui/numbers.ts'

/** The 24 hours of a tunnel in 48 letters → bands and a sentence. Pure. */

/** Equal neighbours are one band; `at` and `length` count buckets. */
export type Band = { letter: string; at: number; length: number }

export function toBands(strip: string): Band[] {
  const bands: Band[] = []
  for (const [at, letter] of [...strip].entries()) {
    const last = bands.at(-1)
    if (last?.letter === letter) last.length += 1
    else bands.push({ letter, at, length: 1 })
  }
  return bands
}

const words: Record<string, string> = {
  h: 'healthy',
  d: 'degraded',
  x: 'down',
  i: 'inactive',
  u: 'not watched',
}

export type Day = Pick<TunnelSummary, 'strip' | 'activeStrip' | 'roleChanges'>

/** What somebody who can't see the strip should know: how long each state was the worst one, and what it hides. */
export function stripText({ strip, activeStrip, roleChanges }: Day) {
  // With those of which little else is known.
  const worst = strip.toLowerCase().replaceAll('y', 'x').replaceAll('e', 'd')
  const hours = (letters: string) => {
    const count = [...worst].filter((letter) => letters.includes(letter)).length
    return (count * 24) / stripBuckets
  }
  const states = ['x', 'd', 'u', 'i', 'h']
    .map((letter) => ({ word: words[letter], h: hours(letter) }))
    .filter(({ h }) => h > 0)
    .map(({ word, h }) => `${word} ${h} h`)
  const vacant = [...activeStrip].filter((letter) => '-~'.includes(letter)).length
  const several = [...activeStrip].filter((letter) => '+*'.includes(letter)).length
  const told = [
    states.length > 0 ? states.join(', ') : 'nothing known',
    roleChanges > 0 ? manyText(roleChanges, 'handover') : '',
    several > 0 ? `more than one active connector in ${manyText(several, 'half-hour')}` : '',
    vacant > 0 ? `no active connector in ${manyText(vacant, 'half-hour')}` : '',
  ]
    .filter(Boolean)
    .join('; ')
  return `Last 24 hours, the worst of each half-hour: ${told}`
}

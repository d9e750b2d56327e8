import { countText } from '#web/ui/numbers.ts'
import { type Grade, grades, type Judged } from './judge.ts'

/** Do I need to stand up? One line that answers it, and the counts behind it. Pure. */

export type Tone = 'good' | 'news' | 'warn' | 'bad' | 'unknown' | 'idle'
export type Headline = {
  tone: Tone
  /** The worst there is; null when nobody is called for any of it. */
  grade: Grade | null
  text: string
  /** The one to look at first; null when nothing is wrong. */
  worst: Judged | null
  /** Everything the line does not say, worst first. */
  rest: string[]
}

const tones: Record<Grade, Tone> = {
  down: 'bad',
  'no-active': 'bad',
  degraded: 'warn',
  exposed: 'warn',
  unknown: 'unknown',
  changed: 'news',
  fine: 'good',
  idle: 'idle',
}

/** Of the worst, behind `3 tunnels`. */
const words: Record<Grade, string> = {
  down: 'down',
  'no-active': 'with no single active connector',
  degraded: 'degraded',
  exposed: 'one failure from outage',
  unknown: 'unknown',
  changed: 'changed, not acknowledged',
  fine: 'connected',
  idle: 'never ran',
}

/** Of the rest, behind `3`. */
const short: Record<Grade, string> = {
  ...words,
  'no-active': 'with no single active',
  exposed: 'with no standby',
  changed: 'changed',
}

const tunnelText = (n: number) => (n === 1 ? '1 tunnel' : `${countText(n)} tunnels`)

/** Said only of all that there are: `The tunnel is connected`. */
const allFine = (n: number) =>
  n === 1
    ? 'The tunnel is connected'
    : n === 2
      ? 'Both tunnels connected'
      : `All ${countText(n)} tunnels connected`

/** @param all the worst first, where the one to look at is to be named */
export function headlineOf(all: readonly Judged[]): Headline {
  const awake = all.filter(({ muted }) => !muted)
  const counts = grades.map((grade) => ({
    grade,
    n: awake.filter((one) => one.grade === grade).length,
  }))
  const present = counts.filter(({ n }) => n > 0)
  const [lead] = present
  const muted = all.length - awake.length
  const mutedText = muted > 0 ? [`${countText(muted)} in maintenance`] : []
  if (!lead) {
    // Nobody is called, and nobody says that it is fine.
    const text = muted > 0 ? `${tunnelText(muted)} in maintenance` : 'No tunnel to show'
    return { tone: 'unknown', grade: null, text, worst: null, rest: [] }
  }
  const { grade, n } = lead
  const isFine = grade === 'fine'
  /** What Cloudflare calls degraded may have lost its standby too: that is told with it, and counts once. */
  const both = awake.filter(
    ({ grade, tunnel }) => grade === 'degraded' && tunnel.readiness === 'exposed',
  ).length
  const told = (grade: Grade, n: number, words: Record<Grade, string>) =>
    grade === 'degraded' && both > 0
      ? `${words[grade]}, ${both === n ? words.exposed : `${countText(both)} of them ${short.exposed}`}`
      : words[grade]
  return {
    tone: tones[grade],
    grade,
    text: isFine && n === all.length ? allFine(n) : `${tunnelText(n)} ${told(grade, n, words)}`,
    worst: isFine || grade === 'idle' ? null : (awake.find((one) => one.grade === grade) ?? null),
    rest: [
      ...present
        .slice(1)
        // What is not known comes first: it is the last that may be cut off.
        .toSorted((a, b) => Number(b.grade === 'unknown') - Number(a.grade === 'unknown'))
        .map(({ grade, n }) => {
          const more = grade === 'exposed' && both > 0 ? ' more' : ''
          return `${countText(n)}${more} ${told(grade, n, short)}`
        }),
      ...mutedText,
    ],
  }
}

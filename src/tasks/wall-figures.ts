import type { Weight } from '../../e2e/browser-cost.ts'
import { tunnels, type WallVerdict } from '../../e2e/wall-soak.ts'
import type { Figure, Goal, Unit } from '../bench/figure.ts'

/** A strip is drawn of a path for each state of its day, and no two days are the same. */
const pathsThatVary = 2 * tunnels

/** What a week on a wall must come to. What is compared with later is the page after the first day: warm and full. */
export function wallFigures(verdict: WallVerdict, wanted: number): Figure[] {
  const { weights, resident, atRest, missed, checks, restSeconds } = verdict
  const [first, last] = [weights[0], weights.at(-1)]
  if (!first || !last) throw new Error('No day has passed.')
  const one = (name: string, unit: Unit, value: number, goal: Goal, note = ''): Figure => ({
    name,
    unit,
    samples: [value],
    by: 'max',
    goal,
    ...(note ? { note } : {}),
  })
  const fromTo = (of: (weight: Weight) => string | number) =>
    `${of(first)} after the first day, ${of(last)} after the last`
  const growth = (what: keyof Weight) => (last[what] / first[what] - 1) * 100
  const difference = (what: keyof Weight) => Math.abs(last[what] - first[what])
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`
  const [residentThen = 0] = resident
  const residentNow = resident.at(-1) ?? 0
  return [
    one('simulated time', 'days', verdict.days, null),
    one('changes of tunnels', 'changes', verdict.changes, { atLeast: wanted }),
    one(
      'missed, out of order, or not what the API says',
      'changes',
      missed.length,
      { atMost: 0 },
      `${checks} looks at all tiles`,
    ),
    one(
      'JS heap after GC, compiled code too: growth',
      '%',
      growth('heap'),
      { below: 5 },
      fromTo(({ heap }) => megabytes(heap)),
    ),
    one(
      'elements, without what is in a drawing: more or fewer',
      'nodes',
      difference('plainElements'),
      { atMost: 0 },
      fromTo(({ plainElements }) => plainElements),
    ),
    one(
      'elements, drawings too: more or fewer',
      'nodes',
      difference('elements'),
      { atMost: pathsThatVary },
      `${fromTo(({ elements }) => elements)}; the strip of a tunnel that was down has a path or two for it`,
    ),
    one(
      'all DOM nodes, those out of the document too: more or fewer',
      'nodes',
      difference('nodes'),
      { atMost: pathsThatVary },
      fromTo(({ nodes }) => nodes),
    ),
    one(
      'event listeners: more or fewer',
      'listeners',
      difference('listeners'),
      { atMost: 0 },
      fromTo(({ listeners }) => listeners),
    ),
    one(
      'at rest: renderer, of one core',
      '%',
      atRest.renderer * 100,
      { below: 2 },
      `${restSeconds} s in which nothing changes, 1920 × 1080`,
    ),
    one('at rest: of that, the page’s main thread', '%', atRest.mainThread * 100, { below: 2 }),
    one(
      'at rest: GPU process',
      '%',
      atRest.gpu * 100,
      null,
      'without a graphics card it draws by software, which a screen’s machine does not',
    ),
    one('at rest: all other processes of the browser', '%', atRest.others * 100, null),
    one(
      'memory of the process in which Tandem runs: growth',
      '%',
      (residentNow / residentThen - 1) * 100,
      null,
      `${megabytes(residentThen)} after the first day, ${megabytes(residentNow)} after the last; the soak itself runs in it`,
    ),
  ]
}

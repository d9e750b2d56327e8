import {
  type Figure,
  type Goal,
  isReached,
  measured,
  median,
  percentile,
  type Unit,
} from './figure.ts'

/** How are figures shown? As plain text that fits into a terminal and into a pull request. */

/** Three digits tell enough: 0.42, 6.31, 48.2, 152, 1,004. */
function numberText(value: number): string {
  const digits = Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0
  return value.toLocaleString('en', {
    minimumFractionDigits: Number.isInteger(value) ? 0 : digits,
    maximumFractionDigits: digits,
  })
}

function goalText(goal: Goal, unit: Unit): string {
  if (goal === null) return ''
  if ('atMost' in goal) return `≤ ${numberText(goal.atMost)} ${unit}`
  if ('atLeast' in goal) return `≥ ${numberText(goal.atLeast)} ${unit}`
  if ('below' in goal) return `< ${numberText(goal.below)} ${unit}`
  return `= ${numberText(goal.equals)} ± ${numberText(goal.within * 100)} %`
}

const verdicts = new Map([
  [true, 'ok'],
  [false, 'MISSES'],
  [null, ''],
])

const heads = ['figure', 'measured', 'goal', '', 'by', 'min', 'median', 'p95', 'max', 'n']
const leftAligned = new Set(['figure', 'goal', '', 'by'])

function cells(figure: Figure): string[] {
  const { name, unit, samples, by, goal } = figure
  const shown = [name, `${numberText(measured(figure))} ${unit}`, goalText(goal, unit)]
  const verdict = verdicts.get(isReached(figure)) ?? ''
  if (samples.length === 1) return [...shown, verdict, '', '', '', '', '', '1']
  const spread = [percentile(samples, 0), median(samples), percentile(samples, 0.95)]
  const most = percentile(samples, 1)
  return [...shown, verdict, by, ...[...spread, most].map(numberText), String(samples.length)]
}

/** One line a figure, then the notes. */
export function toTable(figures: readonly Figure[]): string {
  const rows = [heads, ...figures.map(cells)]
  const widths = heads.map((_, column) =>
    Math.max(...rows.map((row) => [...(row[column] ?? '')].length)),
  )
  const lines = rows.map((row) =>
    row
      .map((text, column) => {
        const room = ' '.repeat((widths[column] ?? 0) - [...text].length)
        return leftAligned.has(heads[column] ?? '') ? text + room : room + text
      })
      .join('  ')
      .trimEnd(),
  )
  const [head = '', ...body] = lines
  const rule = widths.map((width) => '─'.repeat(width)).join('──')
  const notes = figures.flatMap(({ name, note }) => (note ? [`${name}: ${note}`] : []))
  return [head, rule, ...body, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n')
}

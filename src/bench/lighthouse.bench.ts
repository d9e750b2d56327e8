import { createServer } from 'node:net'
import lighthouse, { desktopConfig, type Result } from 'lighthouse'
import { launchBrowser } from './browser.ts'
import type { Figure } from './figure.ts'
import type { Group } from './group.ts'
import { onStage } from './stage.ts'

/** What does Lighthouse say of the pages that people open, at a desk and with a slow phone? */

const rounds = 3
const categories = ['performance', 'accessibility', 'best-practices'] as const
/**
 * Lighthouse reckons a slow phone from a quick visit, and counts whatever had arrived before the largest paint, needed
 * or not. Throttled, the browser really has that network and processor.
 */
const presets = ['desktop', 'mobile', 'throttled mobile'] as const
type Preset = (typeof presets)[number]

/** Lighthouse talks to a browser through a port. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('There is no free port.')
  return address.port
}

/** One look with an empty cache, in a browser of its own. */
async function look(url: string, preset: Preset): Promise<Result> {
  const port = await freePort()
  const browser = await launchBrowser([`--remote-debugging-port=${port}`])
  try {
    const flags = {
      port,
      onlyCategories: [...categories],
      logLevel: 'error' as const,
      ...(preset === 'throttled mobile' ? { throttlingMethod: 'devtools' as const } : {}),
    }
    const found = await lighthouse(url, flags, preset === 'desktop' ? desktopConfig : undefined)
    if (!found) throw new Error(`Lighthouse gave nothing for ${url}.`)
    if (found.lhr.runtimeError) throw new Error(found.lhr.runtimeError.message)
    return found.lhr
  } finally {
    await browser.close()
  }
}

const scoreOf = (result: Result, category: (typeof categories)[number]) =>
  Math.round((result.categories[category]?.score ?? 0) * 100)
const valueOf = (result: Result, audit: string) =>
  result.audits[audit]?.numericValue ?? Number.POSITIVE_INFINITY

/** What is not perfect, by its name. */
const lacking = (result: Result, category: (typeof categories)[number]) =>
  (result.categories[category]?.auditRefs ?? [])
    .filter(({ id, weight }) => weight > 0 && (result.audits[id]?.score ?? 1) < 1)
    .map(({ id }) => id)

export const looks: Group = {
  name: 'lighthouse',
  says: 'Lighthouse on list, tunnel and wall, desktop and throttled phone (8 min)',

  run(tell) {
    const simulator = ['--tunnels', '12', '--accounts', '1']
    return onStage({ simulator }, async (stage) => {
      await stage.swept(120_000)
      const [first] = await stage.world.tunnels()
      const pages = { list: '/', tunnel: `/tunnels/${first?.id}`, wall: '/wall' }
      const figures: Figure[] = []
      for (const [name, path] of Object.entries(pages)) {
        for (const preset of presets) {
          const results: Result[] = []
          for (let round = 0; round < rounds; round += 1) {
            tell(`${name}, ${preset}, ${round + 1} of ${rounds}`)
            results.push(await look(stage.address + path, preset))
          }
          figures.push(...figuresOf(`${name}, ${preset}`, preset, results))
        }
      }
      return figures
    })
  },
}

function figuresOf(name: string, preset: Preset, results: Result[]): Figure[] {
  const largestPaint: Figure = {
    name: `${name}: largest contentful paint`,
    unit: 'ms',
    samples: results.map((result) => valueOf(result, 'largest-contentful-paint')),
    by: 'median',
    goal: { atMost: preset === 'desktop' ? 1000 : 2000 },
  }
  if (preset === 'throttled mobile') return [largestPaint]
  const scores = categories.map(
    (category): Figure => ({
      name: `${name}: ${category}`,
      unit: 'points',
      samples: results.map((result) => scoreOf(result, category)),
      by: 'median',
      goal: { atLeast: category === 'performance' ? 98 : 100 },
      note: [...new Set(results.flatMap((result) => lacking(result, category)))].join(', '),
    }),
  )
  const times: Figure[] = [
    largestPaint,
    {
      name: `${name}: total blocking time`,
      unit: 'ms',
      samples: results.map((result) => valueOf(result, 'total-blocking-time')),
      by: 'median',
      goal: preset === 'desktop' ? { atMost: 50 } : null,
    },
    {
      name: `${name}: layout shift`,
      unit: '×',
      // As Lighthouse itself tells it: three digits.
      samples: results.map(
        (result) => Math.round(valueOf(result, 'cumulative-layout-shift') * 1000) / 1000,
      ),
      by: 'max',
      goal: { atMost: 0 },
    },
  ]
  return [...scores, ...times]
}

import { sortedTags } from '#contract/tags.ts'
import type { DemoTunnel } from './demo.ts'
import type { Store } from './store/open.ts'

/**
 * How the demo's tunnels are labelled from the start. They come with the data, as its history does: nobody
 * put them on, so the audit names nobody.
 */

const sites = new Map(
  Object.entries({
    lon: 'london',
    lhr: 'london',
    man: 'manchester',
    dub: 'dublin',
    fra: 'frankfurt',
    ams: 'amsterdam',
    cdg: 'paris',
    nyc: 'new-york',
    ewr: 'new-york',
    東京: '東京',
    nrt: 'tokyo',
    kix: 'osaka',
    sin: 'singapore',
    jnb: 'johannesburg',
    syd: 'sydney',
    gru: 'são-paulo',
  }),
)
const teams = new Map(
  Object.entries({
    core: 'network',
    edge: 'network',
    transit: 'network',
    gw: 'branches',
    ot: 'plants',
    scada: 'plants',
    lan: 'workplace',
    voice: 'workplace',
    cctv: 'workplace',
  }),
)

/** `lon-branch-core` → `site:london`, `team:network`. What is only tried out belongs to no site yet. */
export function demoTagsOf(name: string): string[] {
  const words = name.split('-')
  const isTrial = words.includes('lab') || words.includes('poc')
  const site = isTrial ? undefined : sites.get(words[0] ?? '')
  const team = words.map((word) => teams.get(word)).find((found) => found !== undefined)
  return sortedTags([
    ...(site ? [`site:${site}`] : []),
    ...(team ? [`team:${team}`] : []),
    ...(words.includes('transit') ? ['critical'] : []),
  ])
}

/** Call it before anything loads tags from the store. */
export async function seedDemoTags(db: Store, tunnels: readonly DemoTunnel[]) {
  const rows = tunnels.flatMap(({ id, name }) =>
    demoTagsOf(name).map((tag) => ({ tunnel_id: id, tag })),
  )
  if (rows.length > 0) await db.insertInto('tunnel_tags').values(rows).execute()
}

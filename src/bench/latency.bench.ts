import { setTimeout as rest } from 'node:timers/promises'
import type { Page } from '@playwright/test'
import type { LiveEvent } from '#contract/events.ts'
import { createRandom } from '#simulator/random.ts'
import type { WorldTunnel } from '../../e2e/world.ts'
import { inFreshBrowser, openList } from './browser.ts'
import type { Group } from './group.ts'
import { watchFor } from './probe.ts'
import { onStage, type Stage } from './stage.ts'
import { openStream } from './stream.ts'

/**
 * How long until a change at Cloudflare is on the screen? Each sample is one change by the hand of fate:
 * roles swapped, a standby lost, a standby returned. Seen is when the document holds it.
 */

const changesEach = 30
/** Longer than any goal: what was not seen by then is a fault, not a sample. */
const patienceMs = 30_000

type Polled = Extract<LiveEvent, { type: 'polled' }>
type Change = {
  /** Makes it happen upstream. */
  run: () => Promise<unknown>
  /** Where it must be seen, and what stands there then. */
  selector: string
  text: string
  /** Whether this event brought it to the browsers. */
  isIn: (event: Polled) => boolean
}
type Sample = { upstreamMs: number; pollMs: number }

const short = (id: string) => id.slice(0, 8)

/** In the words of the list. */
function standbysText(count: number) {
  if (count === 0) return 'No standby'
  return count === 1 ? '1 standby' : `${count} standbys`
}

/** Tunnels that have an active connector and a standby. */
const pairs = (tunnels: WorldTunnel[]) =>
  tunnels.filter(({ ha, connectors }) => ha && connectors.filter((one) => one.connected).length > 1)

/** The three changes that repeat on one tunnel, as its row in the list shows them. */
async function listChanges({ world }: Stage, tunnelId: string): Promise<Change[]> {
  const { name, connectors } = await tunnelOf(world, tunnelId)
  const { standby } = await world.pair(name)
  const standbys = connectors.filter((one) => one.haStatus === 'passive').length
  const selector = `[data-row="${tunnelId}"]`
  const rowIs = (test: (tunnel: Polled['tunnels'][number]) => boolean) => (event: Polled) =>
    event.tunnels.some((tunnel) => tunnel.id === tunnelId && test(tunnel))
  const counts = (count: number) => ({
    selector,
    text: standbysText(count),
    isIn: rowIs((tunnel) => tunnel.standbyCount === count),
  })
  return [
    {
      run: () => world.swap(tunnelId),
      selector,
      text: short(standby.id),
      isIn: rowIs((tunnel) => tunnel.activeConnectorId === standby.id),
    },
    { run: async () => world.kill((await world.pair(name)).standby.id), ...counts(standbys - 1) },
    {
      run: async () => {
        const lost = (await tunnelOf(world, tunnelId)).connectors.find((one) => !one.connected)
        if (!lost) throw new Error(`${name} has lost no connector.`)
        return world.revive(lost.id)
      },
      ...counts(standbys),
    },
  ]
}

/** The same three, as the cards of the tunnel's own page show them. */
async function pageChanges({ world }: Stage, tunnelId: string): Promise<Change[]> {
  const { name } = await tunnelOf(world, tunnelId)
  const { standby, active } = await world.pair(name)
  const cardIs = (connectorId: string, text: string, role: string) => ({
    selector: `article[aria-label="Connector ${short(connectorId)}"]`,
    text,
    isIn: (event: Polled) =>
      event.connectors.some(({ connectors }) =>
        connectors.some((one) => one.id === connectorId && one.role === role),
      ),
  })
  return [
    { run: () => world.swap(tunnelId), ...cardIs(standby.id, 'Active', 'active') },
    { run: () => world.kill(active.id), ...cardIs(active.id, 'Offline', 'offline') },
    { run: () => world.revive(active.id), ...cardIs(active.id, 'Passive', 'passive') },
  ]
}

async function tunnelOf(world: Stage['world'], tunnelId: string) {
  const found = (await world.tunnels()).find(({ id }) => id === tunnelId)
  if (!found) throw new Error(`The world has no tunnel ${tunnelId}.`)
  return found
}

/** The polls that the browsers are told of, heard by a stream beside theirs that watches what they watch. */
async function listenForPolls(address: string, watched: { watching?: string }) {
  let hear: (event: Polled) => void = () => {}
  const close = await openStream(address, {
    ...watched,
    onEvent: (event) => {
      if (event.type === 'polled') hear(event)
    },
  })
  return {
    close,
    /** The next one that matches. */
    next: (matches: (event: Polled) => boolean) =>
      new Promise<Polled>((resolve) => {
        hear = (event) => {
          if (matches(event)) resolve(event)
        }
      }),
  }
}
type Polls = Awaited<ReturnType<typeof listenForPolls>>

/** Makes the change and waits for it in the page. */
async function sampleOf(page: Page, polls: Polls, change: Change): Promise<Sample> {
  const seen = await watchFor(page, change.selector, change.text)
  const polled = polls.next(change.isIn)
  // The clock starts before the order leaves: what the order itself takes counts as ours.
  const changedAt = Date.now()
  await change.run()
  const both = await Promise.race([Promise.all([seen(), polled]), rest(patienceMs, null)])
  if (both === null)
    throw new Error(`“${change.text}” was not seen in ${change.selector} in ${patienceMs} ms.`)
  const [seenAt, { at }] = both
  if (seenAt < changedAt)
    throw new Error(`“${change.text}” stood in ${change.selector} before it was true.`)
  return { upstreamMs: seenAt - changedAt, pollMs: seenAt - at }
}

/** As many samples as are wanted, each after a random rest: the poller is met in every part of its round. */
async function samplesOf(
  stage: Stage,
  page: Page,
  tunnelIds: string[],
  changesOf: (stage: Stage, tunnelId: string) => Promise<Change[]>,
  longestRestMs: number,
  watched: { watching?: string } = {},
): Promise<Sample[]> {
  const random = createRandom(1)
  const polls = await listenForPolls(stage.address, watched)
  const samples: Sample[] = []
  for (let round = 0; samples.length < changesEach; round += 1) {
    const tunnelId = tunnelIds[round % tunnelIds.length] ?? ''
    for (const change of await changesOf(stage, tunnelId)) {
      await rest(random.between(0, longestRestMs))
      samples.push(await sampleOf(page, polls, change))
    }
  }
  polls.close()
  return samples
}

export const latency: Group = {
  name: 'latency',
  says: 'from a change at Cloudflare to the screen (5 min)',

  async run(tell) {
    const simulator = ['--tunnels', '10', '--accounts', '1']
    const { onList, onPage } = await onStage({ simulator }, async (stage) => {
      await stage.swept(120_000)
      const tunnelIds = pairs(await stage.world.tunnels()).map(({ id }) => id)
      const onList = await inFreshBrowser(stage.address, async (page) => {
        await openList(page)
        return samplesOf(stage, page, tunnelIds, listChanges, 5_000)
      })
      tell('the list is done, the watched tunnel follows')
      const onPage = await inFreshBrowser(stage.address, async (page) => {
        const [watched = ''] = tunnelIds
        await page.goto(`/tunnels/${watched}`)
        await page.locator('article[aria-label^="Connector "]').first().waitFor()
        return samplesOf(stage, page, [watched], pageChanges, 2_000, { watching: watched })
      })
      return { onList, onPage }
    })

    return [
      {
        name: 'change upstream → seen, watched tunnel',
        unit: 's',
        samples: onPage.map(({ upstreamMs }) => upstreamMs / 1000),
        by: 'p95',
        goal: { atMost: 2.5 },
      },
      {
        name: 'change upstream → seen, list of 10 tunnels',
        unit: 's',
        samples: onList.map(({ upstreamMs }) => upstreamMs / 1000),
        by: 'p95',
        goal: { atMost: 6 },
      },
      {
        name: 'poll answer → document',
        unit: 'ms',
        samples: [...onPage, ...onList].map(({ pollMs }) => pollMs),
        by: 'p95',
        goal: { atMost: 100 },
      },
    ]
  },
}

import { setTimeout as rest } from 'node:timers/promises'
import { SessionAnswer } from '#contract/session.ts'
import { TunnelList } from '#contract/tunnel.ts'
import { startTandem } from '../../e2e/tandem.ts'
import { startWorld } from '../../e2e/world.ts'

/**
 * What a group is measured on: a simulated Cloudflare and a Tandem in live mode that watches it, each the
 * built program in a fresh process of its own.
 */
export type Stage = Awaited<ReturnType<typeof startStage>>

type StageOptions = { simulator: string[]; env?: Record<string, string> }

/**
 * Sets the stage, runs, and clears it again, whatever happens.
 *
 * @param options.simulator options of the simulator's command line beside the scene `large`
 * @param options.env settings of the proxy beside those that point it at the simulator
 */
export async function onStage<T>(
  options: StageOptions,
  run: (stage: Stage) => Promise<T>,
): Promise<T> {
  const stage = await startStage(options)
  try {
    return await run(stage)
  } finally {
    await stage.tandem.end()
    stage.tandem.remove()
    await stage.world.end()
  }
}

async function startStage({ simulator, env = {} }: StageOptions) {
  const world = await startWorld({ scene: 'large', seed: 1, args: simulator })
  const tandem = await startTandem({
    CLOUDFLARE_API_TOKEN: world.token,
    CLOUDFLARE_ACCOUNT_ID: world.accounts.join(','),
    CLOUDFLARE_BASE_URL: world.baseUrl,
    TANDEM_SIGN_IN: 'off',
    LOG_LEVEL: 'warn',
    ...env,
  })

  return {
    world,
    tandem,
    address: tandem.address,

    /** Waits until everything about every tunnel was read once: then the usual state is reached. */
    async swept(withinMs: number) {
      const deadline = Date.now() + withinMs
      // The whole list is asked for only near the end: half a megabyte twice a second would be measured too.
      const hasSwept = async () => {
        const answer = await fetch(`${tandem.address}/api/session`)
        return SessionAnswer.parse(await answer.json()).poller.sweptAt !== null
      }
      while (!(await hasSwept()) && Date.now() < deadline) await rest(500)
      for (;;) {
        const answer = await fetch(`${tandem.address}/api/tunnels`)
        const { tunnels } = TunnelList.parse(await answer.json())
        const known = tunnels.filter((one) => one.checkedAt !== null && one.haMode !== null)
        if (tunnels.length > 0 && known.length === tunnels.length) return
        if (Date.now() > deadline)
          throw new Error(`After ${withinMs} ms ${known.length} of ${tunnels.length} are known.`)
        await rest(2_000)
      }
    },
  }
}

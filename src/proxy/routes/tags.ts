import { TagChange } from '#contract/tag-requests.ts'
import { liveTunnel, type Parts, perform, type Route, readBody } from './route.ts'

export function tagRoutes(route: Route, parts: Parts) {
  const { tags, present } = parts

  route('tunnelTag', async (c, { tunnelId = '' }) => {
    const change = await readBody(c, TagChange)
    liveTunnel(parts, tunnelId)
    await tags.change(tunnelId, change, (step, write) => {
      const facts = { operation: 'tunnelTag', tunnelId, input: { tags: step } } as const
      return perform(parts, c, facts, write)
    })
    return c.json(present.tunnel(tunnelId))
  })
}

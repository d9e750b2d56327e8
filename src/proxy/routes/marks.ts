import { AcknowledgementRequest, MaintenanceRequest, NoteRequest } from '#contract/mark-requests.ts'
import { lastDay, readTimes } from './range.ts'
import { liveTunnel, type Parts, perform, type Route, readBody } from './route.ts'

export function markRoutes(route: Route, parts: Parts) {
  const { marks, present } = parts

  route('markList', async (c, { tunnelId = '' }) => {
    // A deleted tunnel has its story too.
    if (!present.tunnel(tunnelId)) liveTunnel(parts, tunnelId)
    // Unlike history, maintenance is known of times to come: what gives no end has none.
    const dayUpTo = lastDay(parts.now())
    const range = readTimes(c, (to) => ({ ...dayUpTo(to), to: to ?? Number.MAX_SAFE_INTEGER }))
    return c.json({ marks: await marks.ofTunnel(tunnelId, range) })
  })

  route('acknowledgementAdd', async (c, { tunnelId = '' }) => {
    const request = await readBody(c, AcknowledgementRequest)
    liveTunnel(parts, tunnelId)
    const { through, eventId, comment } = request
    const input = {
      comment: comment || null,
      ...(eventId === undefined ? {} : { entry: eventId }),
      ...(through === undefined ? {} : { until: instant(through) }),
    }
    const facts = { operation: 'acknowledgementAdd', tunnelId, input } as const
    const mark = await perform(parts, c, facts, (who) => marks.acknowledge(tunnelId, request, who))
    return c.json(mark, 201)
  })

  route('noteAdd', async (c, { tunnelId = '' }) => {
    const request = await readBody(c, NoteRequest)
    if (!present.tunnel(tunnelId)) liveTunnel(parts, tunnelId)
    const input = { text: request.text, moment: instant(request.at) }
    const facts = { operation: 'noteAdd', tunnelId, input } as const
    const mark = await perform(parts, c, facts, (who) => marks.note(tunnelId, request, who))
    return c.json(mark, 201)
  })

  route('noteDelete', async (c, { tunnelId = '', noteId = '' }) => {
    if (!present.tunnel(tunnelId)) liveTunnel(parts, tunnelId)
    const facts = { operation: 'noteDelete', tunnelId, input: {}, target: noteId } as const
    const mark = await perform(parts, c, facts, async (who, noted) => {
      const removed = await marks.removeNote(tunnelId, noteId, who, who.role === 'admin')
      noted.note({ by: removed.by, text: removed.text })
      return removed
    })
    return c.json(mark)
  })

  route('maintenanceAdd', async (c, { tunnelId = '' }) => {
    const request = await readBody(c, MaintenanceRequest)
    liveTunnel(parts, tunnelId)
    const { from, to, text } = request
    const input = { begin: instant(from), end: instant(to), text: text ?? null }
    const facts = { operation: 'maintenanceAdd', tunnelId, input } as const
    const mark = await perform(parts, c, facts, (who) =>
      marks.planMaintenance(tunnelId, request, who),
    )
    return c.json(mark, 201)
  })

  route('maintenanceEnd', async (c, { tunnelId = '', maintenanceId = '' }) => {
    if (!present.tunnel(tunnelId)) liveTunnel(parts, tunnelId)
    const input = {}
    const facts = { operation: 'maintenanceEnd', tunnelId, input, target: maintenanceId } as const
    const mark = await perform(parts, c, facts, async (who, noted) => {
      const ended = await marks.endMaintenance(tunnelId, maintenanceId, who)
      noted.note({ planned: instant(ended.to ?? 0) })
      return ended
    })
    return c.json(mark)
  })
}

const instant = (at: number) => new Date(at).toISOString()

import { QueryClient } from '@tanstack/react-query'
import { afterEach, expect, test, vi } from 'vitest'
import { setServerTime } from '#web/ui/clock.ts'
import { maintenanceQuery, saidQuery } from './marks.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  setServerTime(Date.now())
})

test('where what was said ends, the server knows: a browser whose clock is behind misses nothing of it', async () => {
  const asked: string[] = []
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path)
    return Response.json({ marks: [] })
  })
  setServerTime(1_000_000)
  const cache = new QueryClient()
  await cache.fetchQuery(saidQuery('t'))
  await cache.fetchQuery(maintenanceQuery('t'))
  for (const path of asked) expect(new URLSearchParams(path.split('?')[1]).has('to')).toBe(false)
  expect(asked).toHaveLength(2)
})

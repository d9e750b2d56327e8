import { Hono } from 'hono'
import { expect, test } from 'vitest'
import type { Env, Who } from '../identity/who.ts'
import { type Page, pageRoutes } from './page.ts'
import type { Parts } from './route.ts'

const html =
  '<html lang="en"><div id="root"></div><template data-view="list"><h1>Tunnels {{count}}</h1></template>'
const page: Page = new Map([
  [
    '/index.html',
    { type: 'text/html', plain: Buffer.from(html), br: null, gz: null, immutable: false },
  ],
])
const parts = {
  now: () => 0,
  bus: { version: () => 'e-7' },
  present: { watchable: () => [{}, {}] },
  session: () => ({ build: 'b1' }),
} as unknown as Parts

const id = '6f3a0000-0000-4000-8000-000000000000'

async function documentFor(who: Partial<Who> | null, path = '/') {
  const app = new Hono<Env>()
  pageRoutes(app, page, parts, async () => who as Who | null)
  const answer = await app.request(path)
  return [answer.headers.get('cache-control'), await answer.text()]
}

test('a document with words or a version is kept nowhere, and only people get words', async () => {
  const bare = [
    'no-store',
    '<html data-build="b1" data-version="e-7" lang="en"><div id="root"></div>',
  ]
  expect(await documentFor({ role: 'viewer' })).toEqual([
    'no-store',
    '<html data-build="b1" data-version="e-7" lang="en"><div id="root"></div><div id="first" class="first-view" aria-hidden="true" inert><h1>Tunnels 2</h1></div>',
  ])
  expect(await documentFor({ role: 'viewer' }, '/activity')).toEqual(bare)
  expect(await documentFor({ role: 'screen' })).toEqual(bare)
  expect(await documentFor(null)).toEqual([
    'no-cache',
    '<html data-build="b1" lang="en"><div id="root"></div>',
  ])
})

test.each([
  ['an id with a space of no width, as chats paste it', `/tunnels/${id}%E2%80%8B`],
  ['a name in the place of an id', '/tunnels/%E6%9D%B1'],
  ['a line break', '/tunnels/%0d%0aset-cookie:x'],
])('%s gets the page, which says that there is nothing', async (_, path) => {
  const app = new Hono<Env>()
  pageRoutes(
    app,
    page,
    { ...parts, present: { ...parts.present, tunnel: () => null } } as Parts,
    async () => ({ role: 'viewer' }) as Who,
  )
  const answer = await app.request(path)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('link')).toBe('</api/session>; rel=preload; as=fetch; crossorigin')
})

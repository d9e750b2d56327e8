import { expect, test } from 'vitest'
import { createAhead, manifestPath } from './ahead.ts'
import type { Page } from './page.ts'

const file = (text: string) => ({
  type: 'text/plain',
  plain: Buffer.from(text),
  br: null,
  gz: null,
  immutable: true,
})

const page: Page = new Map([
  [
    manifestPath,
    file(
      JSON.stringify({
        'index.html': {
          file: 'assets/index.js',
          imports: ['_shared.js'],
          css: ['assets/index.css'],
        },
        '_shared.js': { file: 'assets/shared.js' },
        '_mark.js': { file: 'assets/mark.js', imports: ['_shared.js', 'index.html'] },
        'src/web/pages/tunnels/TunnelsPage.tsx': {
          file: 'assets/list.js',
          imports: ['index.html', '_mark.js'],
        },
        'src/web/pages/tunnel/TunnelPage.tsx': { file: 'assets/tunnel.js' },
      }),
    ),
  ],
  ['/theme.js', file('dark or light')],
  ['/assets/inter-short-Ab1.woff2', file('letters')],
  ['/assets/inter-greek-wght-normal-Ab1.woff2', file('other letters')],
])
const ahead = createAhead(page)

/** The addresses that a `Link` header names. */
const named = (header: string) => [...header.matchAll(/<([^>]+)>/g)].map(([, address]) => address)

const program = ['/theme.js', '/assets/index.css', '/assets/index.js', '/assets/shared.js']
const letters = '/assets/inter-short-Ab1.woff2'

test('the list: its looks, the program, its questions, its own code once, then the letters', () => {
  expect(named(ahead('/', true))).toEqual([
    ...program,
    '/api/session',
    '/api/tunnels',
    '/assets/list.js',
    '/assets/mark.js',
    letters,
  ])
})

test('a tunnel: its two questions and its code', () => {
  expect(named(ahead('/tunnels/6f3a0000-0000-4000-8000-000000000000', true))).toEqual([
    ...program,
    '/api/session',
    '/api/tunnels/6f3a0000-0000-4000-8000-000000000000',
    '/api/tunnels/6f3a0000-0000-4000-8000-000000000000/connectors',
    '/assets/tunnel.js',
    letters,
  ])
})

test('somebody who is not signed in asks for nothing that would be refused', () => {
  expect(named(ahead('/', false))).toEqual([...program, '/api/session', letters])
})

test('an address that is not known promises nothing, and without a build only the data is named', () => {
  expect(named(ahead('/nowhere', true))).toEqual([...program, '/api/session', letters])
  expect(createAhead(new Map())('/', true)).toBe(
    '</api/session>; rel=preload; as=fetch; crossorigin, </api/tunnels>; rel=preload; as=fetch; crossorigin',
  )
})

import { expect, test } from 'vitest'
import type { ConnectorList, TunnelDetail } from '#contract/tunnel.ts'
import { createFirstView } from './first-view.ts'

const index = `<body>
    <div id="root"></div>
    <!-- for the proxy -->
    <template data-view="header"><b>Tandem</b></template>
    <template data-view="list"><h1>Tunnels {{count}}</h1></template>
    <template data-view="tunnel"><h1>{{name}}</h1><p>{{verdict}}: {{sentence}}</p><!--notes--><li>{{note}}</li><!--/notes--></template>
    <template data-view="wall"><h1>Opening the wall</h1></template>
    <noscript></noscript></body>`
const bare = `<body>
    <div id="root"></div>
    <noscript></noscript></body>`
const id = '6f3a0000-0000-4000-8000-000000000000'
const seenAt = 1_000_000

const viewOf = (
  path: string,
  { name = 'lhr', sentence = 'The standby takes over.', age = 0, connectors = [{}] } = {},
) =>
  createFirstView(index, {
    now: () => seenAt + age,
    present: {
      watchable: () => Array.from({ length: 1200 }) as never,
      tunnel: (asked) =>
        asked === id ? ({ name, deletedAt: null, staleAfterMs: 10 } as TunnelDetail) : null,
      connectors: () =>
        ({
          checkedAt: seenAt,
          connectors,
          outlook: { verdict: 'good', sentence, notes: ['One <colo>.', 'Slow.'] },
        }) as unknown as ConnectorList,
    },
  }).of(path)

test('the list begins with how many there are, a tunnel with its name and what would happen', () => {
  expect(viewOf('/')).toBe(
    bare.replace(
      '</div>',
      '</div><div id="first" class="first-view" aria-hidden="true" inert><b>Tandem</b><h1>Tunnels 1,200</h1></div>',
    ),
  )
  expect(viewOf(`/tunnels/${id}`)).toContain(
    '<h1>lhr</h1><p>Covered: The standby takes over.</p><li>One &lt;colo&gt;.</li><li>Slow.</li>',
  )
})

test('a wall begins without the header that it has not, and with nothing of the account', () => {
  expect(viewOf('/wall')).toBe(
    bare.replace(
      '</div>',
      '</div><div id="first" class="first-view" aria-hidden="true" inert><h1>Opening the wall</h1></div>',
    ),
  )
})

test('what somebody else wrote is text, whatever is in it', () => {
  const html = viewOf(`/tunnels/${id}`, { name: `<img src=x onerror="x">$&{{sentence}}` })
  expect(html).toContain('<h1>&lt;img src=x onerror=&quot;x&quot;&gt;$&amp;{{sentence}}</h1>')
})

test('the page itself tells what is old, what hides something, and what there is nothing to say of', () => {
  expect(viewOf(`/tunnels/${id}`, { age: 11 })).toBeNull()
  expect(viewOf(`/tunnels/${id}`, { name: 'a\u202eb' })).toBeNull()
  expect(viewOf(`/tunnels/${id}`, { connectors: [] })).toBeNull()
  expect(viewOf('/tunnels/6f3a0000-0000-4000-8000-000000000001')).toBeNull()
  expect(viewOf('/tunnels/x')).toBeNull()
  expect(viewOf('/activity')).toBeNull()
})

import { expect, test } from 'vitest'
import { mostTunnels } from '#contract/most-tunnels.ts'
import { tunnelOf } from '#web/fleet/tunnel-of.ts'
import { asked } from './chosen.ts'

const tunnels = [
  tunnelOf('lon-core'),
  tunnelOf('lon-edge', { status: 'down' }),
  tunnelOf('par-core', { tags: ['site:paris'] }),
]

test('a wall asks for the log of the tunnels that it names, by id, name or tag', () => {
  expect(asked(tunnels, { name: 'lon' })).toEqual(['lon-core-id', 'lon-edge-id'])
  expect(asked(tunnels, { tag: ['site:paris'] })).toEqual(['par-core-id'])
  expect(asked(tunnels, { tunnel: ['par-core-id'] })).toEqual(['par-core-id'])
})

test('what state they are in changes nothing of the question', () => {
  expect(asked(tunnels, { name: 'lon', status: ['down'] })).toEqual(['lon-core-id', 'lon-edge-id'])
  expect(asked(tunnels, { status: ['down'], readiness: ['ready'] })).toBeNull()
})

test('a wall of all, of none or of more than can be named asks for everybody’s', () => {
  expect(asked(tunnels, { zone: 'UTC' })).toBeNull()
  expect(asked(tunnels, { name: 'nothing' })).toBeNull()
  const many = Array.from({ length: mostTunnels + 1 }, (_, n) => tunnelOf(`site-${n}`))
  expect(asked(many, { name: 'site' })).toBeNull()
})

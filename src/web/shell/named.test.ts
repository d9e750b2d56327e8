import { expect, test } from 'vitest'
import { tunnelOf } from '#web/fleet/tunnel-of.ts'
import { actionsOf } from './action.ts'
import { namedActions } from './named.ts'

const tunnels = ['ams-hub', 'lon-branch', 'lon-core'].map((name) => tunnelOf(name, { id: name }))
const make = actionsOf('A tunnel')
const actionsFor = ({ id, name }: { id: string; name: string }) => [
  make('failover', 'Fail over', () => {}, { id: `failover ${id}`, also: `${name} promote` }),
  make('pencil', 'Rename', () => {}, { id: `rename ${id}`, also: name }),
]
const named = (query: string) =>
  namedActions(query.split(' '), tunnels, actionsFor).map(({ id }) => id)

test('an action’s words and a tunnel’s name lead to that action of that tunnel', () => {
  expect(named('fail lon')).toEqual(['failover lon-branch', 'failover lon-core'])
  expect(named('core rename')).toEqual(['rename lon-core'])
  expect(named('promote ams')).toEqual(['failover ams-hub'])
})

test('a name alone, an action alone and words that fit nothing lead to none', () => {
  expect(named('lon')).toEqual([])
  expect(named('fail over')).toEqual([])
  expect(named('dance lon')).toEqual([])
})

import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Tunnel, tunnelStatuses } from '#contract/tunnel.ts'
import { tunnelOf } from '#web/fleet/tunnel-of.ts'
import { grouped } from './groups.ts'
import { isHead, type Line } from './rows.ts'

const tagged = (name: string, ...tags: string[]) => tunnelOf(name, { tags })
const down = { status: 'down', readiness: 'disconnected' } as const

/** Heads as `[name 2]`, those that are closed as `(name 2)`, tunnels by name. */
const told = (lines: readonly Line[]) =>
  lines
    .map((line) => {
      if (!isHead(line)) return line.name
      const text = `${line.name ?? 'none'} ${line.tunnels.length}`
      return line.isOpen ? `[${text}]` : `(${text})`
    })
    .join(' ')

test('the worst group comes first, then by name, those without the key last', () => {
  const list = [
    tagged('a', 'site:paris'),
    tagged('b'),
    tagged('c', 'site:london', 'team:network'),
    { ...tagged('d', 'site:paris'), ...down },
    tagged('e', 'site:london'),
  ]
  expect(told(grouped(list, 'site', undefined))).toBe('[paris 2] a d [london 2] c e [none 1] b')
  expect(told(grouped(list, 'team', ['-']))).toBe('(none 4) [network 1] c')
})

test('what is down without the key is not hidden at the end', () => {
  const list = [tagged('a', 'site:paris'), { ...tagged('b'), ...down }]
  expect(told(grouped(list, 'site', undefined))).toBe('[none 1] b [paris 1] a')
})

test('a group that is closed shows its head only', () => {
  const list = [tagged('a', 'site:paris'), tagged('b', 'site:london')]
  expect(told(grouped(list, 'site', ['london']))).toBe('(london 1) [paris 1] a')
})

test('two values of the key are a group of their own', () => {
  const list = [tagged('a', 'site:london', 'site:paris'), tagged('b', 'site:paris')]
  expect(told(grouped(list, 'site', undefined))).toBe('[london + paris 1] a [paris 1] b')
})

test('the status can be what groups', () => {
  const list = [tagged('a'), { ...tagged('b'), ...down }]
  expect(told(grouped(list, 'status', undefined))).toBe('[down 1] b [healthy 1] a')
})

test('every tunnel stands in one group, in the order of the list, and no state but the worst moves one', () => {
  const tunnels = fc.array(
    fc.record({
      tags: fc.subarray(['site:a', 'site:b', 'team:c', 'x']),
      status: fc.constantFrom(...tunnelStatuses),
    }),
    { maxLength: 12 },
  )
  fc.assert(
    fc.property(tunnels, (made) => {
      const list = made.map((change, at) => tunnelOf(`t${at}`, change))
      const lines = grouped(list, 'site', undefined)
      const heads = lines.filter(isHead)
      const shown = lines.filter((line): line is Tunnel => !isHead(line))
      expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length)
      expect(shown.toSorted((a, b) => list.indexOf(a) - list.indexOf(b))).toEqual(list)
      expect(heads.flatMap((head) => head.tunnels)).toEqual(shown)
      for (const { tunnels } of heads)
        expect(tunnels).toEqual(list.filter((one) => tunnels.includes(one)))
      // The order of the list does not move a group.
      const names = (some: readonly Line[]) => some.filter(isHead).map(({ name }) => name)
      expect(names(grouped(list.toReversed(), 'site', undefined))).toEqual(names(lines))
    }),
  )
})

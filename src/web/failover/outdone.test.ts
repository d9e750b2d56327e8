import { expect, test } from 'vitest'
import type { Check, Connector } from '#contract/tunnel.ts'
import { outdoneBy } from './outdone.ts'

const connector = (id: string, ...promotion: Check[]) =>
  ({ id, role: 'passive', promotion }) as unknown as Connector
const risk = (id: string): Check => ({ id, kind: 'risk', sentence: `It has ${id}.` })
const block: Check = { id: 'offline', kind: 'block', sentence: 'Cloudflare reports it offline.' }

test('a proposal stands while nobody has fewer risks', () => {
  expect(outdoneBy(null, connector('a', block))).toBeNull()
  expect(outdoneBy(connector('a'), connector('a', risk('x')))).toBeNull()
  expect(outdoneBy(connector('a', risk('x')), connector('b', risk('y')))).toBeNull()
})

test('one that can’t take over any more, or that got a risk, is told with the better one', () => {
  expect(outdoneBy(connector('b'), connector('a', block))).toEqual({
    title: 'a was proposed and can’t take over any more',
    why: 'Cloudflare reports it offline.',
    betterId: 'b',
  })
  expect(outdoneBy(connector('b', risk('x')), connector('a', risk('x'), risk('y')))).toEqual({
    title: 'a was proposed; b has fewer risks now',
    why: 'Of a: It has y.',
    betterId: 'b',
  })
})

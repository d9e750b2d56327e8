import { expect, test } from 'vitest'
import type { Connector, ConnectorRole } from '#contract/tunnel.ts'
import { whyNoStandby } from './standby.ts'

const connector = (id: string, role: ConnectorRole, blocked = false) =>
  ({
    id,
    role,
    promotion: blocked ? [{ id: 'b', kind: 'block', sentence: 'no' }] : [],
  }) as unknown as Connector

test('there must be somebody to promote', () => {
  expect(whyNoStandby([])).toMatch(/No connector/)
  expect(whyNoStandby([connector('a', 'active', true)])).toMatch(/no other connector/)
  expect(whyNoStandby([connector('a', 'active', true), connector('b', 'offline', true)])).toMatch(
    /No standby/,
  )
  expect(whyNoStandby([connector('a', 'active', true), connector('b', 'unknown', true)])).toMatch(
    /does not know/,
  )
  expect(whyNoStandby([connector('a', 'active', true), connector('b', 'passive')])).toBeNull()
})

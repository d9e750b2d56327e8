import { afterEach, expect, test, vi } from 'vitest'
import { stretchText } from './stretch-text.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

const at = (text: string) => Date.parse(`${text}Z`)
const now = at('2026-11-24T15:00')
const told = (from: string, to: string, follows = false) =>
  stretchText({ from: at(from), to: at(to) }, now, 'utc', follows)

test('a stretch is told with its day once, where it is one', () => {
  expect(told('2026-11-24T12:04', '2026-11-24T14:00')).toBe('24 Nov, 12:04 – 14:00')
  expect(told('2026-11-23T12:04', '2026-11-24T14:00')).toBe('23 Nov, 12:04 – 24 Nov, 14:00')
  expect(told('2026-11-24T12:04', '2026-11-24T15:00', true)).toBe('24 Nov, 12:04 – now')
})

test('of other years than the present one it is told with them', () => {
  expect(told('2025-11-24T12:04', '2026-11-24T14:00')).toBe(
    '24 Nov 2025, 12:04 – 24 Nov 2026, 14:00',
  )
  expect(told('2025-11-24T12:04', '2025-11-24T14:00')).toBe('24 Nov 2025, 12:04 – 14:00')
  expect(told('2025-10-20T15:00', '2026-11-24T15:00', true)).toBe('20 Oct 2025, 15:00 – now')
})

test('what began and ended within a minute names it once', () => {
  expect(told('2026-11-24T12:00:05', '2026-11-24T12:00:50')).toBe('24 Nov, 12:00')
  expect(told('2026-11-24T12:00:05', '2026-11-24T12:00:50', true)).toBe('24 Nov, 12:00 – now')
})

test('on a day whose clocks are set its ends have their zones, where they are not one', async () => {
  vi.stubEnv('TZ', 'Europe/London')
  vi.resetModules()
  const { stretchText: textOf } = await import('./stretch-text.ts')
  const inLondon = (from: string, to: string) =>
    textOf({ from: at(from), to: at(to) }, now, 'local')
  expect(inLondon('2026-10-25T00:30', '2026-10-25T01:30')).toBe('25 Oct, 01:30 BST – 01:30 GMT')
  expect(inLondon('2026-10-25T00:45', '2026-10-25T01:15')).toBe('25 Oct, 01:45 BST – 01:15 GMT')
  expect(inLondon('2026-10-25T08:00', '2026-10-25T09:00')).toBe('25 Oct, 08:00 – 09:00')
  expect(inLondon('2026-10-24T08:00', '2026-10-25T09:00')).toBe('24 Oct, 09:00 – 25 Oct, 09:00')
})

import { expect, test } from 'vitest'
import { stripText, toBands } from './strip.ts'

test('equal letters side by side are one band', () => {
  expect(toBands('hhhxuuh')).toEqual([
    { letter: 'h', at: 0, length: 3 },
    { letter: 'x', at: 3, length: 1 },
    { letter: 'u', at: 4, length: 2 },
    { letter: 'h', at: 6, length: 1 },
  ])
  expect(toBands('')).toEqual([])
})

test('a strip is told with the worst first', () => {
  const strip = `${'h'.repeat(40)}xx${'u'.repeat(6)}`
  const activeStrip = `${'a'.repeat(20)}-${'b'.repeat(27)}`
  // Of two of the three nothing is seen: there and back within a half-hour.
  expect(stripText({ strip, activeStrip, roleChanges: 3 })).toBe(
    'Last 24 hours, the worst of each half-hour: down 1 h, not watched 3 h, healthy 20 h; 3 handovers; no active connector in 1 half-hour',
  )
  const partly = `${'y'.repeat(2)}${'h'.repeat(46)}`
  expect(stripText({ strip: partly, activeStrip: `~${'a'.repeat(46)}*`, roleChanges: 0 })).toBe(
    'Last 24 hours, the worst of each half-hour: down 1 h, healthy 23 h; more than one active connector in 1 half-hour; no active connector in 1 half-hour',
  )
  expect(stripText({ strip: '.'.repeat(48), activeStrip: '', roleChanges: 0 })).toBe(
    'Last 24 hours, the worst of each half-hour: nothing known',
  )
})

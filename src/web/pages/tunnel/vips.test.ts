import { expect, test } from 'vitest'
import { readVips, vipsToCleanUp } from './vips.ts'

test('addresses are read from lines, commas and spaces, each once', () => {
  expect(readVips('10.0.0.1\n10.0.0.2, 10.0.0.1   2001:db8::1;\n')).toEqual([
    '10.0.0.1',
    '10.0.0.2',
    '2001:db8::1',
  ])
  expect(readVips('  \n')).toEqual([])
})

test('what held and no longer does is cleaned up, with what was to be cleaned up before', () => {
  const before = { vips: ['10.0.0.1', '10.0.0.2'], vipsPrevious: ['10.0.0.9'] }
  expect(vipsToCleanUp(before, ['10.0.0.2', '10.0.0.3'])).toEqual(['10.0.0.1', '10.0.0.9'])
})

test('an address that holds again is not cleaned up', () => {
  expect(vipsToCleanUp({ vips: ['10.0.0.1'], vipsPrevious: ['10.0.0.9'] }, ['10.0.0.9'])).toEqual([
    '10.0.0.1',
  ])
})

test('there are eight at most, and the oldest are given up first', () => {
  const vips = Array.from({ length: 8 }, (_, at) => `10.0.0.${at}`)
  const vipsPrevious = ['10.1.0.1', '10.1.0.2']
  expect(vipsToCleanUp({ vips, vipsPrevious }, ['10.9.0.1'])).toEqual(vips)
})

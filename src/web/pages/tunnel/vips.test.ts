import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import { ConfigurationChange } from '#contract/tunnel-requests.ts'
import { isSameVips, readVips, vipsToCleanUp } from './vips.ts'

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

test('an address is the same however it is spelled', () => {
  const spellings = ['2001:db8::10', '2001:DB8::10', '2001:db8:0:0:0:0:0:10', '2001:0db8::0.0.0.16']
  expect(readVips(spellings.join(' '))).toEqual(['2001:db8::10'])
  for (const one of spellings) {
    expect(vipsToCleanUp({ vips: [one], vipsPrevious: spellings }, ['2001:db8::10'])).toEqual([])
    expect(isSameVips([one, '10.0.0.1'], ['2001:db8::10', '10.0.0.1'])).toBe(true)
    const change = { haMode: 'local', vips: ['10.0.0.1', '2001:db8::10'], vipsPrevious: [one] }
    expect(z.safeParse(ConfigurationChange, change).error?.issues).toMatchObject([
      { path: ['vipsPrevious'], message: 'must hold none of the addresses that are set' },
    ])
  }
  expect(vipsToCleanUp({ vips: spellings, vipsPrevious: [] }, ['2001:db8::11'])).toEqual([
    '2001:db8::10',
  ])
  expect(isSameVips(['10.0.0.1', '10.0.0.2'], ['10.0.0.1'])).toBe(false)
  expect(isSameVips(['10.0.0.1', '10.0.0.2'], ['10.0.0.2', '10.0.0.1'])).toBe(false)
})

test('what is yet no address is itself', () => {
  const typed = ['2001:db8::1::', '2001:', '[', ']:80/', '10.0.0', '10.0.0.1/24', 'fe80::1%eth0']
  expect(readVips(typed.join('\n'))).toEqual(typed)
  expect(vipsToCleanUp({ vips: ['10.0.0.1'], vipsPrevious: [] }, typed)).toEqual(['10.0.0.1'])
})

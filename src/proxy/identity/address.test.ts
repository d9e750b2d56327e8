import { describe, expect, test } from 'vitest'
import { clientAddress, networkOf, plainAddress, toTrustedProxies } from './address.ts'

const trusted = toTrustedProxies(['10.0.0.0/8', '127.0.0.1', '2001:db8::1'])
if (!trusted) throw new Error('the list is not read')

describe('S10 the client’s address', () => {
  test.each([
    ['nobody in between', '198.51.100.7', undefined, '198.51.100.7'],
    ['a stranger’s header is not believed', '198.51.100.7', '1.2.3.4', '198.51.100.7'],
    ['our proxy tells who', '10.1.1.1', '198.51.100.7', '198.51.100.7'],
    ['two of ours', '10.1.1.1', '198.51.100.7, 10.2.2.2', '198.51.100.7'],
    ['what the client wrote itself', '10.1.1.1', '1.2.3.4, 198.51.100.7', '198.51.100.7'],
    ['nonsense', '10.1.1.1', '<script>', '10.1.1.1'],
    ['nonsense before an address', '10.1.1.1', 'x, 198.51.100.7', '198.51.100.7'],
    ['an empty header', '127.0.0.1', '', '127.0.0.1'],
    ['IPv6', '2001:db8::1', '2001:db8:5::9', '2001:db8:5::9'],
    ['an address for both kinds', '::ffff:10.1.1.1', '::ffff:198.51.100.7', '198.51.100.7'],
  ])('%s', (_, peer, header, expected) => {
    expect(clientAddress(peer, header, trusted)).toBe(expected)
  })
})

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('the network of %s is %s', (address, expected) => {
  expect(networkOf(address)).toBe(expected)
})

test('the network of a whole site is a /48', () => {
  expect(networkOf('2001:db8:1:2::9', 48)).toBe('2001:db8:1::/48')
  expect(networkOf('192.0.2.1', 48)).toBe('192.0.2.1')
})

test('a list of proxies with a word in it is none', () => {
  for (const entries of [['nginx'], ['10.0.0.0/33'], ['10.0.0.0/x'], ['10.0.0.1', '']]) {
    expect(toTrustedProxies(entries)).toBeNull()
  }
  expect(plainAddress('::ffff:192.0.2.1')).toBe('192.0.2.1')
})

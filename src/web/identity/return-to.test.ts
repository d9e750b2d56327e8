import { expect, test } from 'vitest'
import { ownAddress } from './return-to.ts'

test.each([
  '/',
  '/tunnels/6f3a?range=7d&dialog=failover',
  '/activity?kind=role-changed#top',
  '/audit?who=ada%2Flovelace',
])('S11 %s is ours', (address) => {
  expect(ownAddress(address)).toBe(address)
})

test.each([
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  'https://evil.example',
  'http:evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  'evil.example',
  '',
  ' /',
  '/\t/evil.example',
  '/\n/evil.example',
  '\t//evil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/x/..//evil.example',
  '/@evil.example\\',
  '/sign-in?returnTo=/sign-in',
  '/setup',
  undefined,
  null,
  7,
  ['/a'],
  { toString: () => '/a' },
])('S11 %s leads to the start', (address) => {
  expect(ownAddress(address)).toBe('/')
})

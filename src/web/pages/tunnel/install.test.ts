import { expect, test } from 'vitest'
import { distributions, installSteps } from './install.ts'

test.each(distributions)('a machine with $label forwards traffic before it joins', ({ value }) => {
  const commands = installSteps[value].map(({ command }) => command).join('\n')
  expect(commands).toContain('net.ipv4.ip_forward = 1')
  expect(commands).toContain('net.ipv6.conf.all.forwarding = 1')
  // A machine that forwards takes its own IPv6 route from the network only where it is told to.
  expect(commands).toContain('net.ipv6.conf.all.accept_ra = 2')
})

test('no command needs a program that a small system lacks', () => {
  const commands = Object.values(installSteps).flat()
  expect(commands.filter(({ command }) => command.includes('lsb_release'))).toEqual([])
})

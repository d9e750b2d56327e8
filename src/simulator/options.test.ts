import { expect, test } from 'vitest'
import { readCommand } from './options.ts'
import { defaults } from './server.ts'

const options = (...words: string[]) => {
  const command = readCommand(words)
  if (command.kind !== 'run') throw new Error(JSON.stringify(command))
  return command.options
}

test('nothing asked for is the demo on port 4010', () => {
  expect(readCommand([])).toEqual({ kind: 'run', options: defaults, parentPipe: false })
})

test('every option is read, with a space or an equals sign', () => {
  expect(options('--port', '0', '--host=::1', '--seed', '7', '--scene', 'outage')).toMatchObject({
    port: 0,
    host: '::1',
    seed: 7,
    scene: 'outage',
  })
  expect(options('--life', 'off', '--speed', '2.5', '--limit=100')).toMatchObject({
    life: false,
    speed: 2.5,
    limit: 100,
  })
  expect(options('--past', '30')).toMatchObject({ past: 30, scene: 'demo' })
  expect(readCommand(['--parent-pipe'])).toMatchObject({ parentPipe: true })
  expect(readCommand(['--port', '1', '--help'])).toEqual({ kind: 'help' })
})

test('numbers of tunnels or accounts mean the large scene', () => {
  expect(options('--tunnels', '120')).toMatchObject({ scene: 'large', tunnels: 120, accounts: 3 })
  expect(options('--tunnels', '500', '--accounts', '1')).toMatchObject({
    tunnels: 500,
    accounts: 1,
  })
  expect(options('--accounts', '4')).toMatchObject({ scene: 'large', tunnels: 200 })
  expect(options('--scene', 'large')).toMatchObject({ tunnels: 1_000, accounts: 20 })
})

test.each([
  [['--colour', 'red'], 'unknown option --colour'],
  [['demo'], 'unknown option demo'],
  [['--port'], '--port needs a value'],
  [['--port', '70000'], '--port must be from 0 to 65535, not 70000'],
  [['--port', 'x'], '--port must be'],
  [['--scene', 'heaven'], '--scene must be one of'],
  [['--life', 'maybe'], '--life must be on or off'],
  [['--speed', '0'], '--speed must be'],
  [['--seed', '-1'], '--seed must be'],
  [['--accounts', '0'], '--accounts must be'],
  [['--past', '91'], '--past must be from 0 to 90 days, not 91'],
  [['--past', '1', '--scene', 'outage'], '--past belongs to the scene demo, not outage'],
  [['--past', '1', '--tunnels', '10'], '--past belongs to the scene demo, not large'],
  [['--scene', 'demo', '--tunnels', '5'], 'belong to the scene large'],
])('%j is told in one line', (words, message) => {
  const command = readCommand(words)
  expect(command).toMatchObject({ kind: 'wrong', message: expect.stringContaining(message) })
  expect(command.kind === 'wrong' && command.message).not.toContain('\n')
})

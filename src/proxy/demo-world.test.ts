import { expect, test } from 'vitest'
import { readDemoWorld } from './demo-world.ts'

test('without a word it is the usual one, with its past, and so it is by its name or another seed', () => {
  expect(readDemoWorld([])).toEqual({ args: [], hasPast: true })
  expect(readDemoWorld(['--scene', 'demo'])).toEqual({ args: ['--scene=demo'], hasPast: true })
  expect(readDemoWorld(['--seed', '7'])).toEqual({ args: ['--seed=7'], hasPast: true })
})

test('another scene, or a size, has no past', () => {
  expect(readDemoWorld(['--scene=outage'])).toEqual({ args: ['--scene=outage'], hasPast: false })
  expect(readDemoWorld(['--tunnels', '200', '--accounts=4'])).toEqual({
    args: ['--tunnels=200', '--accounts=4'],
    hasPast: false,
  })
})

test.each([
  [['--port', '9000'], 'Unknown option --port: set PORT in the environment or in .env.'],
  [['--host=0.0.0.0'], 'Unknown option --host: set HOST in the environment or in .env.'],
  [['--scene', 'empty', '--limit', '5'], 'Unknown option --limit: --help lists what there is.'],
  [['outage'], 'Unknown option outage: --help lists what there is.'],
  [['--', '--host', '0.0.0.0'], 'Unknown option --: --help lists what there is.'],
  [
    ['--scene', '../elsewhere'],
    '--scene is “../elsewhere” and must be one of demo, empty, large, outage, docs.',
  ],
  [['--scene'], '--scene is “” and must be one of demo, empty, large, outage, docs.'],
  [['--seed', '-1'], '--seed is “-1” and must be a whole number.'],
  [
    ['--scene', 'empty', '--tunnels', '5'],
    '--tunnels and --accounts belong to the scene large, not to empty.',
  ],
])('%j is refused in one line', (words, fault) => {
  expect(readDemoWorld(words)).toEqual({ fault })
})

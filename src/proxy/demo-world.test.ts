import { expect, test } from 'vitest'
import { readDemoWorld } from './demo-world.ts'

test.each([
  [[], { args: [], folder: 'demo', hasPast: true }],
  [['--scene', 'demo'], { args: ['--scene=demo'], folder: 'demo', hasPast: true }],
  [['--scene=outage'], { args: ['--scene=outage'], folder: 'demo-outage', hasPast: false }],
  [['--seed', '07'], { args: ['--seed=07'], folder: 'demo-seed-7', hasPast: true }],
  [
    ['--tunnels', '200', '--accounts=4'],
    {
      args: ['--tunnels=200', '--accounts=4'],
      folder: 'demo-large-tunnels-200-accounts-4',
      hasPast: false,
    },
  ],
  [
    ['--accounts', '4', '--scene', 'large', '--tunnels', '200'],
    {
      args: ['--accounts=4', '--scene=large', '--tunnels=200'],
      folder: 'demo-large-tunnels-200-accounts-4',
      hasPast: false,
    },
  ],
])('%j is a world with a folder of its own', (words, world) => {
  expect(readDemoWorld(words)).toEqual(world)
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
  [['--seed', '-1'], '--seed is “-1” and must be a whole number from 0 to 999999999.'],
  [['--accounts', '0'], '--accounts is “0” and must be a whole number from 1 to 1000.'],
  [['--tunnels', '100001'], '--tunnels is “100001” and must be a whole number from 0 to 100000.'],
  [
    ['--scene', 'empty', '--tunnels', '5'],
    '--tunnels and --accounts belong to the scene large, not to empty.',
  ],
])('%j is refused in one line', (words, fault) => {
  expect(readDemoWorld(words)).toEqual({ fault })
})

import { type SceneName, scenes } from './scenes/all.ts'
import { defaults, type SimulatorOptions } from './server.ts'

/** What does the command line ask for? */

export const usage = `Usage: npm run simulator -- [options]

  --port N         port to listen on, 0 takes a free one (${defaults.port})
  --host ADDRESS   address to listen on (${defaults.host})
  --scene NAME     ${Object.keys(scenes).join(', ')} (${defaults.scene})
  --tunnels N      tunnels of the scene large (${defaults.tunnels}); implies it
  --accounts N     accounts of the scene large (${defaults.accounts}); implies it
  --seed N         the same seed gives the same world, ids and tokens (${defaults.seed})
  --life on|off    whether anything happens by itself (on)
  --past DAYS      days of the scene demo that are lived before it starts, for /replay (${defaults.past})
  --speed N        how fast the world's clock runs (1)
  --limit N        calls per token in 300 s (${defaults.limit})
  --parent-pipe    stop when standard input closes
  --help           print this

Prints one JSON line when it is ready: where it listens, its accounts and its tokens.
`

export type Command =
  | { kind: 'run'; options: SimulatorOptions; parentPipe: boolean }
  | { kind: 'help' }
  /** One line for the person who typed it. */
  | { kind: 'wrong'; message: string }

const isScene = (name: string): name is SceneName => Object.hasOwn(scenes, name)

const wrong = (message: string): Command => ({ kind: 'wrong', message })

/** @param words what follows the name of the program */
export function readCommand(words: readonly string[]): Command {
  const options = { ...defaults }
  const given = new Set<string>()
  let parentPipe = false

  for (let index = 0; index < words.length; index += 1) {
    const [flag = '', attached] = (words[index] ?? '').split(/=(.*)/s)
    if (flag === '--help' || flag === '-h') return { kind: 'help' }
    if (flag === '--parent-pipe') {
      parentPipe = true
      continue
    }
    if (!/^--(port|host|scene|tunnels|accounts|seed|life|past|speed|limit)$/.test(flag))
      return wrong(`unknown option ${flag}; --help lists them`)
    const value = attached ?? words[++index]
    if (value === undefined || value === '') return wrong(`${flag} needs a value`)
    given.add(flag)
    const whole = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN

    switch (flag) {
      case '--port':
        if (!(whole <= 65_535)) return wrong(`--port must be from 0 to 65535, not ${value}`)
        options.port = whole
        break
      case '--host':
        options.host = value
        break
      case '--scene':
        if (!isScene(value))
          return wrong(`--scene must be one of ${Object.keys(scenes).join(', ')}, not ${value}`)
        options.scene = value
        break
      case '--tunnels':
        if (!(whole <= 100_000)) return wrong(`--tunnels must be from 0 to 100000, not ${value}`)
        options.tunnels = whole
        break
      case '--accounts':
        if (!(whole >= 1 && whole <= 1_000))
          return wrong(`--accounts must be from 1 to 1000, not ${value}`)
        options.accounts = whole
        break
      case '--seed':
        if (Number.isNaN(whole)) return wrong(`--seed must be a whole number, not ${value}`)
        options.seed = whole
        break
      case '--life':
        if (value !== 'on' && value !== 'off')
          return wrong(`--life must be on or off, not ${value}`)
        options.life = value === 'on'
        break
      case '--past':
        if (!(whole <= 90)) return wrong(`--past must be from 0 to 90 days, not ${value}`)
        options.past = whole
        break
      case '--limit':
        if (Number.isNaN(whole)) return wrong(`--limit must be a whole number, not ${value}`)
        options.limit = whole
        break
      default: {
        const speed = Number(value)
        if (!(speed > 0 && speed <= 10_000))
          return wrong(`--speed must be above 0 and at most 10000, not ${value}`)
        options.speed = speed
      }
    }
  }

  const sized = given.has('--tunnels') || given.has('--accounts')
  if (sized && given.has('--scene') && options.scene !== 'large')
    return wrong(`--tunnels and --accounts belong to the scene large, not ${options.scene}`)
  if (sized) options.scene = 'large'
  if (options.past > 0 && options.scene !== 'demo')
    return wrong(`--past belongs to the scene demo, not ${options.scene}`)
  // An account holds 50 tunnels, unless a number of accounts is asked for.
  if (given.has('--tunnels') && !given.has('--accounts'))
    options.accounts = Math.max(1, Math.ceil(options.tunnels / 50))
  if (given.has('--accounts') && !given.has('--tunnels')) options.tunnels = options.accounts * 50
  return { kind: 'run', options, parentPipe }
}

import { parseArgs } from 'node:util'

/** The demo's scenes; the first is the usual one. */
export const scenes = ['demo', 'empty', 'large', 'outage', 'docs'] as const

const whole = (least: number, most: number) => ({
  fits: (value: string) => /^\d{1,9}$/.test(value) && +value >= least && +value <= most,
  says: `a whole number from ${least} to ${most}`,
})
/** What may be chosen of the demo's world. The simulator's other options would move it, or open it to others. */
const choices = {
  scene: {
    fits: (value: string) => scenes.some((scene) => scene === value),
    says: `one of ${scenes.join(', ')}`,
  },
  tunnels: whole(0, 100_000),
  accounts: whole(1, 1000),
  seed: whole(0, 999_999_999),
}
type Choice = keyof typeof choices
const isChoice = (name: string): name is Choice => Object.hasOwn(choices, name)

export type DemoWorld = {
  /** For the simulator: `--scene=outage`. */
  args: string[]
  /** The folder of its own: ids are alike in all, and what is in another would be told as deleted. `demo-outage` */
  folder: string
  /** It has a past that can be lived before it starts. */
  hasPast: boolean
}

/**
 * Which world is the demo to run?
 *
 * @param words what follows `npm start --`
 * @returns the world, or one clear line for whoever typed them.
 */
export function readDemoWorld(words: string[]): DemoWorld | { fault: string } {
  const chosen = new Map<Choice, string>()
  const options = Object.fromEntries(
    Object.keys(choices).map((name) => [name, { type: 'string' as const }]),
  )
  for (const token of parseArgs({ args: words, options, strict: false, tokens: true }).tokens) {
    if (token.kind !== 'option') return { fault: whyUnknown(words[token.index] ?? '') }
    const { name, rawName, value = '' } = token
    if (!isChoice(name)) return { fault: whyUnknown(rawName) }
    const { fits, says } = choices[name]
    if (!fits(value)) return { fault: `${rawName} is “${value}” and must be ${says}.` }
    chosen.set(name, value)
  }
  const sized = chosen.has('tunnels') || chosen.has('accounts')
  const scene = chosen.get('scene') ?? (sized ? 'large' : scenes[0])
  if (sized && scene !== 'large') {
    return { fault: `--tunnels and --accounts belong to the scene large, not to ${scene}.` }
  }
  const args = [...chosen].map(([name, value]) => `--${name}=${value}`)
  const others = Object.keys(choices).flatMap((name) => {
    const value = chosen.get(name as Choice)
    return name === 'scene' || value === undefined ? [] : [`${name}-${Number(value)}`]
  })
  const folder = [...new Set(['demo', scene, ...others])].join('-')
  return { args, folder, hasPast: scene === 'demo' }
}

function whyUnknown(option: string): string {
  const setting = ['PORT', 'HOST'].find((name) => option === `--${name.toLowerCase()}`)
  return setting
    ? `Unknown option ${option}: set ${setting} in the environment or in .env.`
    : `Unknown option ${option}: --help lists what there is.`
}

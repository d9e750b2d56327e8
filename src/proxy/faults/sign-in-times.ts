import { startRig } from './rig.ts'
import { createVisitor, publicUrl, setUp } from './visitor.ts'
import { startWorld } from './world.ts'

/**
 * How long a sign-in takes that fails, with hashes as safe as people's own, milliseconds: a quarter of many are quicker,
 * because the quick ones are the least disturbed.
 */
export type SignInTimes = { wrongPassword: number; wrongName: number }

/** In turns, so that whatever else the machine does falls on both. */
export async function timeSignIns(tries: number): Promise<SignInTimes> {
  const world = await startWorld('empty', { early: false })
  let leaptMs = 0
  const rig = await startRig(world, {
    signIn: 'people',
    publicUrl,
    passwordCost: 2 ** 17,
    clock: (now) => () => now() + leaptMs,
  })
  await setUp(rig)
  const times = { Ada: [] as number[], Nobody: [] as number[] }
  for (let n = 0; n < tries; n += 1) {
    for (const name of ['Ada', 'Nobody'] as const) {
      // From elsewhere each time, and late enough for the next try.
      leaptMs += 3_600_000
      const stranger = createVisitor(rig, `203.0.113.${n % 250}`)
      const began = performance.now()
      const { status } = await stranger.signIn(name, 'not the password at all')
      times[name].push(performance.now() - began)
      if (status !== 401) throw new Error(`${name} was answered ${status}.`)
    }
  }
  await rig.end()
  await world.end()
  return { wrongPassword: quarterOf(times.Ada), wrongName: quarterOf(times.Nobody) }
}

const quarterOf = (times: number[]) =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length / 4)] ?? Number.NaN

import { clockIn, dayIn, minuteIn, monthIn, offsetMs, yearIn, type Zone } from '#web/ui/zone.ts'

/** Where does a time axis carry its marks? At times that people say: whole hours, midnights, Mondays. Pure. */
export type Tick = {
  at: number
  text: string
  /** A new day (on a long axis: a new month) begins here. */
  major: boolean
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

const steps = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14].map((count) => count * day),
]
/** The first Monday of 1970: weeks begin there. */
const monday = 4 * day

/** At most `most` ticks from `from` up to `to`, epoch ms. */
export function ticksOf(from: number, to: number, most: number, zone: Zone): Tick[] {
  const least = (to - from) / Math.max(1, most)
  const step = steps.find((each) => each >= least)
  return step === undefined ? months(from, to, least, zone) : even(from, to, step, zone)
}

function even(from: number, to: number, step: number, zone: Zone): Tick[] {
  const origin = step % (7 * day) === 0 ? monday : 0
  /** How far past its whole step the zone's own clock is. */
  const past = (at: number) => {
    const rest = (at + offsetMs(at, zone) - origin) % step
    return rest < 0 ? rest + step : rest
  }
  const ticks: Tick[] = []
  for (let at = from - past(from); ; at += step) {
    // Where the clocks change, the next whole step is an hour nearer or farther.
    const rest = past(at)
    const back = at - rest
    if (rest > step / 2) at += step - rest
    // Where they leave it out, as midnight in Cairo or Santiago, it is there that they go on.
    else if (past(back) === 0) at = back
    if (at > to) return ticks
    if (at >= from && at > (ticks.at(-1)?.at ?? Number.NEGATIVE_INFINITY))
      ticks.push(tickAt(at, step, zone))
  }
}

function tickAt(at: number, step: number, zone: Zone): Tick {
  const local = at + offsetMs(at, zone)
  const dayOf = (time: number) => Math.floor((time + offsetMs(time, zone)) / day)
  // Not every day has a midnight, and some have two.
  const begins = dayOf(at) > dayOf(at - 1)
  if (step >= day)
    return { at, text: dayIn(at, zone), major: new Date(local).getUTCDate() <= step / day }
  return {
    at,
    text: begins ? dayIn(at, zone) : step < minute ? clockIn(at, zone) : minuteIn(at, zone),
    major: begins,
  }
}

function months(from: number, to: number, least: number, zone: Zone): Tick[] {
  const count = [1, 2, 3, 6, 12, 24, 60].find((each) => each * 30.5 * day >= least) ?? 120
  const start = new Date(from + offsetMs(from, zone))
  const ticks: Tick[] = []
  for (let month = start.getUTCFullYear() * 12 + start.getUTCMonth(); ; month += 1) {
    if (month % count !== 0) continue
    const local = Date.UTC(Math.floor(month / 12), month % 12, 1)
    const at = firstOf(local, zone)
    if (at > to) return ticks
    const january = month % 12 === 0
    if (at >= from)
      ticks.push({ at, text: january ? yearIn(at, zone) : monthIn(at, zone), major: january })
  }
}

/** When a day begins whose midnight is `local` on the zone's own clock: a little later where that is left out. */
function firstOf(local: number, zone: Zone): number {
  const candidates = [local - day, local + day].map((near) => local - offsetMs(near, zone))
  return Math.min(...candidates.filter((at) => at + offsetMs(at, zone) >= local))
}

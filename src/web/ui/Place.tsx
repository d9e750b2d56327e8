import { useEffect, useSyncExternalStore } from 'react'
import { loaded } from './later.ts'
import { NotReported } from './TimeAgo.tsx'
import { tip } from './tip.ts'

/** City and country by IATA code. Not needed to paint, so it comes later. */
type Places = Readonly<Record<string, readonly [city: string, country: string]>>
let places: Places | null = null
let asked = false
const listeners = new Set<() => void>()

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Fetches the table of cities, once. Where they are only hovers, call it when a pointer comes near. */
export function wantCities() {
  if (asked) return
  asked = true
  load().catch(() => {
    asked = false
  })
}

async function load() {
  places = (await loaded(() => import('./colos.ts'))).colos
  for (const each of listeners) each()
}

/** `lhr16` → `London, GB`; null where the code is not known, empty while the table is on its way. */
export function useCity(colo: string | null): string | null {
  useEffect(wantCities, [])
  return useCityIfThere(colo)
}

function useCityIfThere(colo: string | null): string | null {
  return useSyncExternalStore(subscribe, () => (colo === null ? null : cityOf(places, colo)))
}

/** Text for several colos at once: `lhr16 · London, GB` a line. */
export function useCities(colos: readonly string[]): string {
  return useSyncExternalStore(subscribe, () =>
    colos.map((colo) => withCity(colo, cityOf(places, colo))).join('\n'),
  )
}

function cityOf(known: Places | null, colo: string): string | null {
  if (!known) return ''
  const place = known[colo.slice(0, 3).toUpperCase()]
  return place ? `${place[0]}, ${place[1]}` : null
}

const withCity = (colo: string, city: string | null) => (city ? `${colo} · ${city}` : colo)

/** A Cloudflare data centre: its code, and its city beside it. */
export function Place({ colo }: { colo: string }) {
  const name = useCity(colo)
  return (
    <span className="whitespace-nowrap">
      <span className="font-mono text-[0.93em]">{colo}</span>
      {name ? <span className="text-ink-2"> · {name}</span> : null}
    </span>
  )
}

/** The code alone; its city on hover, once somebody wanted cities. */
export function Colo({ colo, className = '' }: { colo: string; className?: string }) {
  const name = useCityIfThere(colo)
  return (
    <span className={`font-mono text-[0.93em] whitespace-nowrap ${className}`} {...tip(name)}>
      {colo}
    </span>
  )
}

/** Several colos in one line, their cities on hover. */
export function Places({ colos }: { colos: readonly string[] }) {
  const text = useCities(colos)
  if (colos.length === 0) return <NotReported why="No colo" />
  return (
    <span className="truncate font-mono text-[0.93em]" {...tip(text)}>
      {colos.join(' ')}
    </span>
  )
}

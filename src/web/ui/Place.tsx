import { useSyncExternalStore } from 'react'
import { tip } from './Tooltip.tsx'

/** City and country by IATA code. Fetched once, when the first colo is shown: it is not needed to paint. */
type Places = Readonly<Record<string, readonly [city: string, country: string]>>
let places: Places = {}
let asked = false
const listeners = new Set<() => void>()

function subscribe(listener: () => void) {
  listeners.add(listener)
  if (!asked) {
    asked = true
    void load()
  }
  return () => listeners.delete(listener)
}

async function load() {
  places = (await import('./colos.ts')).colos
  for (const each of listeners) each()
}

/** `lhr16` → `London, GB`; null where the code is not known (yet). */
export function useCity(colo: string | null): string | null {
  return useSyncExternalStore(subscribe, () => (colo === null ? null : cityOf(places, colo)))
}

/** Text for several colos at once: `lhr16 · London, GB` a line. */
export function useCities(colos: readonly string[]): string {
  return useSyncExternalStore(subscribe, () =>
    colos.map((colo) => withCity(colo, cityOf(places, colo))).join('\n'),
  )
}

function cityOf(known: Places, colo: string): string | null {
  const place = known[colo.slice(0, 3).toUpperCase()]
  return place ? `${place[0]}, ${place[1]}` : null
}

const withCity = (colo: string, city: string | null) => (city ? `${colo} · ${city}` : colo)

/** A Cloudflare data centre: its code, and its city beside it or on hover. */
export function Place({ colo, city = true }: { colo: string; city?: boolean }) {
  const name = useCity(colo)
  return (
    <span className="whitespace-nowrap" {...tip(city ? null : name)}>
      <span className="font-mono text-[0.93em]">{colo}</span>
      {city && name ? <span className="text-ink-2"> · {name}</span> : null}
    </span>
  )
}

/** Several colos in one line, their cities on hover. */
export function Places({ colos }: { colos: readonly string[] }) {
  const text = useCities(colos)
  if (colos.length === 0) return null
  return (
    <span className="truncate font-mono text-[0.93em]" {...tip(text)}>
      {colos.join(' ')}
    </span>
  )
}

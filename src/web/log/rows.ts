import { offsetMs, type Zone } from '#web/ui/zone.ts'

/** A log as rows: a heading for each day, then what happened in it. Pure. */
export type Entry = { id: string; at: number }

export type Row<T extends Entry> =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'entry'; key: string; at: number; entry: T }

const day = 86_400_000

/** @param entries newest first */
export function toRows<T extends Entry>(entries: readonly T[], zone: Zone): Row<T>[] {
  const rows: Row<T>[] = []
  let current: number | null = null
  for (const entry of entries) {
    const number = Math.floor((entry.at + offsetMs(entry.at, zone)) / day)
    if (number !== current) rows.push({ kind: 'day', key: `day ${number}`, at: entry.at })
    current = number
    rows.push({ kind: 'entry', key: entry.id, at: entry.at, entry })
  }
  return rows
}

import type { HistoryEvent } from '#contract/history.ts'

/** Which version did a connector run since when? Pure. */

export type VersionSince = {
  version: string | null
  /** When it began to run it, or joined with it; null: before anything that is on record. */
  event: HistoryEvent | null
}

/**
 * The present version first, `most` of them. What it ran before it joined is told by a change alone: it may
 * have been elsewhere meanwhile. One that came back with the version it ran before has run it since then.
 *
 * @param events its changes of version and its joinings, newest first.
 */
export function versionsOf(
  present: string | null,
  events: readonly HistoryEvent[],
  most: number,
): VersionSince[] {
  const versions: VersionSince[] = []
  // Undefined: nothing tells.
  let version: string | null | undefined = present
  for (const event of events) {
    if (event.kind === 'version-changed') {
      versions.push({ version: event.to, event })
      version = event.from
    } else if (version !== undefined) {
      versions.push({ version, event })
      version = undefined
    }
  }
  if (version !== undefined) versions.push({ version, event: null })
  return versions
    .filter(({ version: one }, index) => versions[index + 1]?.version !== one)
    .slice(0, most)
}

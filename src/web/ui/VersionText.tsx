import { NotReported } from './TimeAgo.tsx'
import { tip } from './tip.ts'

/** A version, marked where it differs from the one of the active connector. */
export function VersionText({
  version,
  activeVersion,
}: {
  version: string | null
  /** Null where there is nothing to compare with. */
  activeVersion: string | null
}) {
  if (version === null) return <NotReported />
  const differs = activeVersion !== null && version !== activeVersion
  return (
    <span className="whitespace-nowrap">
      {version}
      {differs ? (
        <span
          className="ml-2 rounded-sm bg-warn-soft px-1 text-xs text-warn"
          {...tip(`The active connector runs ${activeVersion}`)}
        >
          differs
        </span>
      ) : null}
    </span>
  )
}

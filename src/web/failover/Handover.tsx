import type { ConnectorRole } from '#contract/tunnel.ts'
import { shortId } from '#web/ui/names.ts'
import { Place } from '#web/ui/Place.tsx'
import { roleLooks } from '#web/ui/RoleMark.tsx'
import { RoleShape } from '#web/ui/RoleShape.tsx'

/** One of the two machines, as far as it is known. */
export type Machine = {
  connectorId: string
  colos: readonly string[]
  version: string | null
  /** Its role now, and the one to come; the same when nothing is to change any more. */
  role: MachineRole
  next: MachineRole
}

/** `not-active`: only that much is known. */
type MachineRole = ConnectorRole | 'not-active'

const looks: Record<MachineRole, { word: string; ink: string }> = {
  ...roleLooks,
  'not-active': { word: 'Not active', ink: 'text-ink-3' },
}

/**
 * The picture of a failover: the machine that gives up the traffic, the one that takes it, and the way
 * between. Before it runs the roles read "now → next"; while it runs they turn one after the other.
 */
export function Handover({
  from,
  several,
  to,
  stale = false,
  way,
}: {
  /** Null when no connector is active, or several. */
  from: Machine | null
  /** Ids of those that are active, where there are several. */
  several: readonly string[]
  to: Machine
  /** Their roles are too old to be believed. */
  stale?: boolean
  way: keyof typeof ways
}) {
  const age = stale ? ' when last seen' : ''
  const caption = `${from ? `From ${shortId(from.connectorId)}, ${turnOf(from)}${age}` : `From ${several.map(shortId).join(' and ') || 'no active connector'}`}; to ${shortId(to.connectorId)}, ${turnOf(to)}${age}`
  return (
    <figure
      aria-label={caption}
      className="grid items-stretch gap-x-1 gap-y-1 sm:grid-cols-[minmax(0,1fr)_5.5rem_minmax(0,1fr)]"
    >
      {from ? (
        <MachineBox machine={from} stale={stale} />
      ) : (
        <NoMachine several={several} isPast={way !== 'planned'} />
      )}
      <Way way={way} />
      <MachineBox machine={to} stale={stale} />
    </figure>
  )
}

const turnOf = ({ role, next }: Machine) =>
  (role === next
    ? looks[role].word
    : `${looks[role].word} becomes ${looks[next].word}`
  ).toLowerCase()

function MachineBox({ machine, stale }: { machine: Machine; stale: boolean }) {
  const { connectorId, colos, version, role, next } = machine
  const carries = role === 'active' && !stale
  return (
    <div
      className={`flex min-w-0 flex-col rounded-lg border bg-panel ${carries ? 'border-good' : 'border-line-edge'}`}
    >
      <div className="flex min-h-9 items-center gap-2 border-b border-line px-3 text-sm">
        <Role role={role} stale={stale} />
        {role === next ? null : (
          <>
            <span aria-hidden="true" className="text-ink-3">
              →
            </span>
            <span className="sr-only">becomes</span>
            <Role role={next} stale={stale} strong />
          </>
        )}
      </div>
      <div className="flex items-start gap-3 px-3 py-2.5">
        <Rack carries={carries} />
        <div className="min-w-0 flex-1">
          <p className="font-mono text-lg font-semibold">{shortId(connectorId)}</p>
          <p className="truncate text-sm">
            {colos[0] ? (
              <>
                <Place colo={colos[0]} />
                {colos.length > 1 ? <span className="text-ink-2"> +{colos.length - 1}</span> : null}
              </>
            ) : (
              <span className="text-ink-2">Colo not reported</span>
            )}
          </p>
          <p className="truncate text-sm text-ink-2">{version ?? 'Version not reported'}</p>
        </div>
      </div>
    </div>
  )
}

function NoMachine({ several, isPast }: { several: readonly string[]; isPast: boolean }) {
  const names = several.map(shortId).join(' and ')
  return (
    <div className="flex min-h-24 flex-col items-center justify-center gap-1 rounded-lg border border-dashed border-line-strong px-3 py-4 text-center">
      <p className="font-medium">
        {several.length > 0 ? `${several.length} active connectors` : 'No active connector'}
      </p>
      <p className="text-sm text-ink-2">
        {several.length > 0
          ? `${names} ${isPast ? 'were active' : 'give up the traffic'}.`
          : isPast
            ? 'Nobody carried the traffic.'
            : 'Nobody carries the traffic now.'}
      </p>
    </div>
  )
}

function Role({
  role,
  stale,
  strong = false,
}: {
  role: MachineRole
  stale: boolean
  strong?: boolean
}) {
  const { ink, word } = looks[role]
  return (
    <span className={`inline-flex items-center gap-1.5 ${strong ? 'font-semibold' : ''}`}>
      <RoleShape
        role={role === 'not-active' ? 'passive' : role}
        className={`size-3 ${stale ? 'text-unknown' : ink}`}
      />
      {word}
      {stale ? <span className="sr-only"> (stale)</span> : null}
    </span>
  )
}

/** A machine of two units; the light of the one that carries the traffic is on. */
function Rack({ carries }: { carries: boolean }) {
  return (
    <svg viewBox="0 0 40 44" aria-hidden="true" className="mt-0.5 h-11 w-10 shrink-0">
      {[1, 23].map((y) => (
        <g key={y}>
          <rect
            x="1"
            y={y}
            width="38"
            height="20"
            rx="3"
            className={carries ? 'fill-good-soft stroke-good' : 'fill-sunken stroke-line-strong'}
            strokeWidth="1.2"
          />
          <path
            d={`M16 ${y + 7}h16M16 ${y + 13}h16`}
            className={carries ? 'stroke-good' : 'stroke-line-strong'}
            strokeWidth="1.4"
            strokeLinecap="round"
          />
          <circle
            cx="8.5"
            cy={y + 10}
            r="2.6"
            className={carries ? 'fill-good' : 'fill-none stroke-line-strong'}
            strokeWidth="1.2"
          />
        </g>
      ))}
    </svg>
  )
}

/** The traffic is to move, is known to be over there, did not move, or did not stay there. */
const ways = {
  planned: { word: 'traffic', ink: 'stroke-accent', dash: { strokeDasharray: '1 6' } },
  moved: { word: 'moved', ink: 'stroke-good', dash: {} },
  stayed: { word: 'not moved', ink: 'stroke-unknown', dash: { strokeDasharray: '1 6' } },
  undone: { word: 'not for long', ink: 'stroke-unknown', dash: { strokeDasharray: '1 6' } },
}

/** The way of the traffic; dashed until it is taken. Downwards where the machines stand under each other. */
function Way({ way }: { way: keyof typeof ways }) {
  const { word, ink, dash } = ways[way]
  const isCrossed = way === 'stayed' || way === 'undone'
  const line = {
    fill: 'none',
    className: ink,
    strokeWidth: 2.4,
    strokeLinecap: 'round',
    strokeLinejoin: 'round',
  } as const
  return (
    <div
      aria-hidden="true"
      className="flex items-center justify-center gap-2 text-xs text-ink-2 sm:flex-col sm:gap-1"
    >
      <svg viewBox="0 0 72 24" className="h-6 w-full max-sm:hidden">
        <path d="M4 12h60" {...line} {...dash} />
        <path d={isCrossed ? 'M29 5l14 14M43 5l-14 14' : 'M57 4l9 8-9 8'} {...line} />
      </svg>
      <svg viewBox="0 0 24 30" className="h-7 w-6 sm:hidden">
        <path d="M12 2v24" {...line} {...dash} />
        <path d={isCrossed ? 'M5 8l14 14M19 8L5 22' : 'M4 19l8 9 8-9'} {...line} />
      </svg>
      {word}
    </div>
  )
}

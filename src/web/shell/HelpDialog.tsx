import { Link } from '@tanstack/react-router'
import { connectorRoles, tunnelStatuses } from '#contract/tunnel.ts'
import { Dialog } from '#web/ui/Dialog.tsx'
import { Kbd } from '#web/ui/Kbd.tsx'
import { placeKeys } from '#web/ui/place-keys.ts'
import { ReadinessMark } from '#web/ui/ReadinessMark.tsx'
import { RoleMark, roleLooks } from '#web/ui/RoleMark.tsx'
import { StatusMark, statusLooks } from '#web/ui/StatusMark.tsx'
import { shortcutWords } from '#web/ui/shortcut-words.ts'
import { keysText, type ShortcutId, shortcuts } from '#web/ui/shortcuts.ts'

/** The keys and what the marks mean. */
export function HelpDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys and marks" size="lg" light onClose={onClose}>
      <div className="grid gap-x-8 gap-y-6 sm:grid-cols-2">
        <div className="flex flex-col gap-5">
          <Keys all={keysOfPage} />
        </div>
        <div className="flex flex-col gap-5">
          <section>
            <h3 className="mb-1.5 text-sm font-medium text-ink-2">A tunnel is</h3>
            <ul>
              {tunnelStatuses.map((status) => (
                <li key={status} className="flex min-h-8 items-center gap-3">
                  <StatusMark status={status} className="w-30 shrink-0" />
                  <span className="text-sm text-ink-2">{statusLooks[status].meaning}</span>
                </li>
              ))}
              <li className="flex min-h-8 items-center gap-3">
                <StatusMark status="healthy" stale className="w-30 shrink-0" />
                <span className="text-sm text-ink-2">Hatched: too old to be trusted</span>
              </li>
            </ul>
          </section>
          <section>
            <h3 className="mb-1.5 text-sm font-medium text-ink-2">A connector (“replica”) is</h3>
            <ul>
              {connectorRoles.map((role) => (
                <li key={role} className="flex min-h-8 items-center gap-3">
                  <RoleMark role={role} className="w-30 shrink-0" />
                  <span className="text-sm text-ink-2">{roleLooks[role].meaning}</span>
                </li>
              ))}
              <li className="flex min-h-8 items-center gap-3">
                <ReadinessMark readiness="ready" standbyCount={2} className="w-30 shrink-0" />
                <span className="text-sm text-ink-2">One active, two ready to take over</span>
              </li>
            </ul>
          </section>
          <Keys all={placeKeys} />
        </div>
      </div>
      <p className="mt-5 text-ink-2">
        <Link to="/failover-checks" onClick={onClose} className="text-accent-text underline">
          What is checked before a failover
        </Link>
        , and what to do about each of it.
      </p>
    </Dialog>
  )
}

const keysOfPage = (Object.keys(shortcuts) as ShortcutId[]).map((id) => ({
  ...shortcuts[id],
  ...shortcutWords[id],
}))

type Key = { keys: readonly string[]; does: string; where: string }

function Keys({ all }: { all: readonly Key[] }) {
  const places = [...new Set(all.map(({ where }) => where))]
  return places.map((place) => (
    <section key={place}>
      <h3 className="mb-1.5 text-sm font-medium text-ink-2">{place}</h3>
      <ul>
        {all
          .filter(({ where }) => where === place)
          .map(({ keys, does }) => (
            <li key={does} className="flex min-h-8 items-center justify-between gap-4">
              {does}
              <span className="flex items-center gap-2">
                {keys.map((each, at) => (
                  <span key={each} className="flex items-center gap-1">
                    {at > 0 ? <span className="mr-1 text-ink-3">or</span> : null}
                    {keysText(each).map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </span>
                ))}
              </span>
            </li>
          ))}
      </ul>
    </section>
  ))
}

import type { Person } from '#contract/people.ts'
import { Button } from '#web/ui/Button.tsx'
import { useClock } from '#web/ui/clock.ts'
import { Name } from '#web/ui/Name.tsx'
import { displayName } from '#web/ui/names.ts'
import { Panel } from '#web/ui/Panel.tsx'
import { TimeAgo } from '#web/ui/TimeAgo.tsx'
import type { PersonDialog } from './search.ts'

/** Links that somebody could come in by; nothing where there are none. */
export function OpenInvitations({
  people,
  onOpen,
}: {
  people: readonly Person[]
  onOpen: (dialog: PersonDialog, person: Person) => void
}) {
  const open = people.flatMap((person) =>
    person.invitedUntil === null ? [] : [{ person, until: person.invitedUntil }],
  )
  const isAny = useClock((now) => open.some(({ until }) => until > now))
  if (!isAny) return null
  return (
    <Panel flush title="Open invitations">
      <ul className="max-h-72 divide-y divide-line-soft overflow-y-auto">
        {open.map(({ person, until }) => (
          <li key={person.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
            <p className="min-w-0 flex-1 basis-48">
              <Name name={person.name} className="font-medium" />
              <span className="text-ink-2">
                {person.state === 'invited'
                  ? ` may join as ${person.role}`
                  : ' may set a new password'}
                ; the link ends <TimeAgo at={until} />
              </span>
            </p>
            <span className="flex gap-2">
              <Button size="sm" onClick={() => onOpen('link', person)}>
                New link<span className="sr-only"> for {displayName(person.name)}</span>
              </Button>
              <Button size="sm" onClick={() => onOpen('take-back', person)}>
                Take back<span className="sr-only"> the link of {displayName(person.name)}</span>
              </Button>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

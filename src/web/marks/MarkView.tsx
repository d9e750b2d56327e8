import { useSuspenseQuery } from '@tanstack/react-query'
import { type Mark, windowOf } from '#contract/marks.ts'
import { whyNot } from '#contract/operations.ts'
import { toProblem } from '#web/api/client.ts'
import { useTakeBack } from '#web/api/marks.ts'
import { sessionQuery } from '#web/api/queries.ts'
import { Button } from '#web/ui/Button.tsx'
import { useClock } from '#web/ui/clock.ts'
import { handsFocusHome } from '#web/ui/home.ts'
import { Icon, type IconName } from '#web/ui/Icon.tsx'
import { visibleName } from '#web/ui/names.ts'
import { ProblemCallout } from '#web/ui/ProblemCallout.tsx'
import type { Zone } from '#web/ui/zone.ts'
import { coveredText, markText } from './words.ts'

export const markIcons: Record<Mark['kind'], IconName> = {
  acknowledgement: 'check',
  note: 'flag',
  maintenance: 'wrench',
}

/** One mark: what, when, who, in which words, and the way to take it back. */
export function MarkView({ mark, zone }: { mark: Mark; zone: Zone }) {
  const covered = coveredText(mark, zone)
  return (
    <div className="flex items-start gap-2.5">
      <Icon name={markIcons[mark.kind]} className="mt-0.5 size-4 text-accent-text" />
      <div className="min-w-0 flex-1 break-words">
        <p>
          {markText(mark, zone)} <span className="text-ink-2">by</span>{' '}
          <bdi>{visibleName(mark.by)}</bdi>
        </p>
        {covered ? <p className="text-sm text-ink-2">{covered}</p> : null}
        {mark.text ? (
          <p dir="auto" className="text-ink-2">
            {visibleName(mark.text)}
          </p>
        ) : null}
      </div>
      <TakeBack mark={mark} />
    </div>
  )
}

/** Deletes a note or ends a maintenance; nothing for what stays. */
export function TakeBack({ mark }: { mark: Mark }) {
  const { data: session } = useSuspenseQuery(sessionQuery)
  const takeBack = useTakeBack(mark)
  const state = useClock((now) => stateOf(mark, now))
  if (state === 'over') return null
  const { me } = session
  const isNote = mark.kind === 'note'
  const isOther = isNote && me?.role !== 'admin' && me?.id !== mark.byId
  const reason =
    whyNot(me?.role ?? null, isNote ? 'noteDelete' : 'maintenanceEnd') ??
    (isOther ? 'Somebody else wrote it; you can delete your own notes.' : null)
  const label = isNote ? 'Delete note' : state === 'open' ? 'End now' : 'Call off'
  if (takeBack.error)
    return <ProblemCallout problem={toProblem(takeBack.error)} onRetry={() => takeBack.mutate()} />
  return (
    <Button
      ref={handsFocusHome}
      size="sm"
      variant="ghost"
      busy={takeBack.isPending}
      disabledReason={reason}
      onClick={() => takeBack.mutate()}
    >
      {label}
    </Button>
  )
}

function stateOf(mark: Mark, now: number): 'open' | 'to come' | 'over' {
  if (mark.kind === 'note') return 'open'
  const window = windowOf(mark)
  if (!window || mark.endedAt !== null || window.to <= now) return 'over'
  return window.from > now ? 'to come' : 'open'
}

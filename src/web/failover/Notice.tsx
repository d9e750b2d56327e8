import type { ReactNode } from 'react'
import type { Problem } from '#contract/problem.ts'
import { Button } from '#web/ui/Button.tsx'
import { Callout } from '#web/ui/Callout.tsx'
import { shortId } from '#web/ui/names.ts'
import { ProblemCallout } from '#web/ui/ProblemCallout.tsx'
import type { Outdone } from './outdone.ts'

/** The one thing that most needs saying before anything can be sent. */
export function Notice({
  barrier,
  lockLeft,
  change,
  problem,
  isLost,
  checkProblem,
  gone,
  outdone,
  onLookAgain,
  onChoose,
}: {
  barrier: string | null
  lockLeft: string | null
  /** What became of the active one, as a title; null: it is the one that was seen. */
  change: string | null
  problem: Problem | null
  /** The problem leaves open whether it was sent. */
  isLost: boolean
  checkProblem: Problem | null
  gone: string | null
  outdone: Outdone | null
  onLookAgain: () => void
  onChoose: (connectorId: string) => void
}): ReactNode {
  if (lockLeft)
    return (
      <Callout tone="bad" title={`Cloudflare is refusing calls for another ${lockLeft}`}>
        {problem?.detail ??
          'Nothing was sent and nothing waits to be sent: try again when the time is up.'}
      </Callout>
    )
  if (barrier)
    return (
      <Callout tone="bad" title="No failover can be started">
        {barrier}
      </Callout>
    )
  if (change)
    return (
      <Callout
        tone="bad"
        title={change}
        action={
          <Button size="sm" onClick={onLookAgain}>
            I have checked again
          </Button>
        }
      >
        {problem && isLost ? problem.detail : 'Nothing was sent.'} What you see below is the present
        state.
      </Callout>
    )
  // One that runs is followed instead.
  if (problem && !problem.failoverId) return <ProblemCallout problem={problem} />
  if (gone)
    return (
      <Callout tone="bad" title={`${shortId(gone)} is not one of this tunnel’s connectors`}>
        It may be gone. Choose another one.
      </Callout>
    )
  if (outdone)
    return (
      <Callout
        tone="warn"
        title={outdone.title}
        action={
          <Button size="sm" onClick={() => onChoose(outdone.betterId)}>
            {`Choose ${shortId(outdone.betterId)}`}
          </Button>
        }
      >
        {outdone.why}
      </Callout>
    )
  if (checkProblem)
    return (
      <Callout tone="warn" title="Cloudflare could not be asked just now">
        {checkProblem.detail} You see the last known state; before anything is sent, Tandem asks
        again.
      </Callout>
    )
  return null
}

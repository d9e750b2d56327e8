import type { Problem } from '#contract/problem.ts'
import { Button } from './Button.tsx'
import { Callout } from './Callout.tsx'

/** What went wrong, in full: what happened, Cloudflare's own words, and how to find it in the log. */
export function ProblemCallout({
  problem,
  onRetry,
}: {
  problem: Problem
  /** Where the same can be asked again. */
  onRetry?: (() => void) | null
}) {
  const again = onRetry ? (
    <Button size="sm" icon="refresh" onClick={onRetry}>
      Try again
    </Button>
  ) : null
  return (
    <Callout tone="bad" title={problem.title} action={again}>
      {problem.detail}
      <ProblemFooter problem={problem} />
    </Callout>
  )
}

/** The small print of a problem: Cloudflare's codes and messages, and the request id. */
export function ProblemFooter({ problem }: { problem: Problem }) {
  const said = problem.cloudflare
  return (
    <>
      {said && (said.errors.length > 0 || said.status !== null) ? (
        <span className="mt-1 block text-sm">
          Cloudflare{said.status === null ? '' : ` (${said.status})`}:{' '}
          {said.errors.map(({ code, message }) => `${code} ${message}`.trim()).join(' · ') ||
            'no message'}
        </span>
      ) : null}
      {problem.requestId ? (
        <span className="mt-1 block text-xs text-ink-2">
          Request <span className="font-mono select-all">{problem.requestId}</span>
        </span>
      ) : null}
    </>
  )
}

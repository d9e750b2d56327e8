import type { ReactNode } from 'react'
import type { Problem } from '#contract/problem.ts'
import { Callout } from './Callout.tsx'

/** What went wrong, in full: what happened, Cloudflare's own words, and how to find it in the log. */
export function ProblemCallout({ problem, action }: { problem: Problem; action?: ReactNode }) {
  return (
    <Callout tone="bad" title={problem.title} action={action}>
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

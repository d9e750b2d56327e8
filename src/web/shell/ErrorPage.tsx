import { useQueryErrorResetBoundary } from '@tanstack/react-query'
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router'
import { kindOf, toProblem } from '#web/api/client.ts'
import { Button, buttonClass } from '#web/ui/Button.tsx'
import { ProblemFooter } from '#web/ui/ProblemCallout.tsx'
import { usePageTitle } from '#web/ui/page-title.ts'

/** What stands in place of a page that could not be shown: what happened, and the way on. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const queries = useQueryErrorResetBoundary()
  const problem = toProblem(error)
  const missing = kindOf(problem) === 'not-found'
  usePageTitle(problem.title)

  return (
    <div role="alert" className="mx-auto flex max-w-140 flex-col gap-3 px-6 py-16">
      <h1 className="text-xl font-semibold">{problem.title}</h1>
      <div className="text-ink-2">
        {problem.detail}
        {missing
          ? ' It may have been deleted, belong to an account that Tandem does not watch, or be so new that the next look has not come yet.'
          : null}
        <ProblemFooter problem={problem} />
      </div>
      <div className="mt-3 flex flex-wrap gap-2">
        {missing ? null : (
          <Button
            variant="primary"
            icon="refresh"
            onClick={() => {
              queries.reset()
              reset()
              void router.invalidate()
            }}
          >
            Try again
          </Button>
        )}
        <Link to="/" className={buttonClass(missing ? 'primary' : 'secondary')}>
          All tunnels
        </Link>
      </div>
    </div>
  )
}

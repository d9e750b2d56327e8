import { type ReactNode, useEffect, useRef } from 'react'
import type { Problem } from '#contract/problem.ts'
import { Logo } from '#web/shell/Logo.tsx'
import { Button } from '#web/ui/Button.tsx'
import { ProblemCallout } from '#web/ui/ProblemCallout.tsx'
import { usePageTitle } from '#web/ui/page-title.ts'
import { TooltipLayer } from '#web/ui/TooltipLayer.tsx'

/** What stands around every page for people who are not signed in. */
export function EntryFrame({ title, children }: { title: string; children: ReactNode }) {
  usePageTitle(title)
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-100 flex-col justify-center gap-6 px-4 py-10">
      <p className="flex items-center gap-2.5 text-lg font-semibold tracking-tight">
        <Logo className="h-4 w-6.5" />
        Tandem
      </p>
      <div className="flex flex-col gap-4 rounded-lg border border-line bg-panel p-5">
        <h1 className="text-xl font-semibold">{title}</h1>
        {children}
      </div>
      <TooltipLayer />
    </main>
  )
}

/** A form of such a page. `fields` are those that show a problem of theirs themselves. */
export function EntryForm({
  submit,
  busyLabel,
  busy,
  problem,
  fields,
  disabledReason,
  onSubmit,
  children,
}: {
  submit: string
  busyLabel: string
  busy: boolean
  problem: Problem | null
  fields: readonly string[]
  disabledReason: string | null
  onSubmit: () => void
  children: ReactNode
}) {
  const isElsewhere = problem?.field !== undefined && fields.includes(problem.field)
  const form = useRef<HTMLFormElement>(null)
  // The page is this form: whoever comes begins at its first field.
  useEffect(() => form.current?.querySelector<HTMLElement>('input:not([readonly])')?.focus(), [])
  return (
    <form
      ref={form}
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (!busy && !disabledReason) onSubmit()
      }}
    >
      {children}
      {problem && !isElsewhere ? <ProblemCallout problem={problem} /> : null}
      <Button type="submit" variant="primary" busy={busy} disabledReason={disabledReason}>
        {busy ? busyLabel : submit}
      </Button>
    </form>
  )
}

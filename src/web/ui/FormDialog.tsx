import type { ReactNode } from 'react'
import type { Problem } from '#contract/problem.ts'
import { Button } from './Button.tsx'
import { DeletedCallout } from './DeletedCallout.tsx'
import { Dialog } from './Dialog.tsx'
import { ProblemCallout } from './ProblemCallout.tsx'

/**
 * A dialog that asks, sends and says what went wrong. `submit` is a verb ("Rename"), `busyLabel` the
 * same while it works ("Renaming…"). A problem is shown once: under its field if the field is in
 * `fields` (the caller hands it to that `Field`), else above the buttons.
 */
export function FormDialog({
  title,
  description,
  size,
  submit,
  busyLabel,
  tone = 'primary',
  busy,
  problem,
  fields,
  disabledReason,
  goneAt = null,
  onSubmit,
  onClose,
  children,
}: {
  title: ReactNode
  description?: ReactNode
  size?: 'sm' | 'md' | 'lg'
  submit: string
  busyLabel: string
  tone?: 'primary' | 'danger'
  busy: boolean
  problem?: Problem | null
  fields?: readonly string[]
  disabledReason?: string | null
  /** When the tunnel that it is about was deleted. */
  goneAt?: number | null
  onSubmit: () => void
  onClose: () => void
  children: ReactNode
}) {
  const elsewhere = problem?.field !== undefined && fields?.includes(problem.field) === true
  const reason = goneAt === null ? disabledReason : 'The tunnel has been deleted.'
  return (
    <Dialog
      title={title}
      description={description}
      {...(size ? { size } : {})}
      busy={busy}
      onClose={onClose}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (!busy && !reason) onSubmit()
        }}
      >
        <div className="flex flex-col gap-4">{children}</div>
        {goneAt !== null ? (
          <div className="mt-4">
            <DeletedCallout at={goneAt}>
              Nothing can be changed any more. What you entered stays here until you close this.
            </DeletedCallout>
          </div>
        ) : problem && !elsewhere ? (
          <div className="mt-4">
            <ProblemCallout problem={problem} />
          </div>
        ) : null}
        <div className="-mx-5 mt-5 -mb-4 flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">
          <Button variant="ghost" disabledReason={busy ? 'Still working' : null} onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            variant={tone}
            busy={busy}
            disabledReason={reason}
            className="min-w-24"
          >
            {busy ? busyLabel : submit}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

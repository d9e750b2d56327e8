import { useState } from 'react'
import type { ScreenLink } from '#contract/people.ts'
import { toProblem } from '#web/api/client.ts'
import { useScreenLinkMake } from '#web/api/screens.ts'
import { LinkDialog } from '#web/identity/LinkDialog.tsx'
import { FormDialog } from '#web/ui/FormDialog.tsx'
import { Name } from '#web/ui/Name.tsx'
import { firstGrant, GrantFields, grantFields, whyNotGrant } from './GrantFields.tsx'

/** A one-time link, for a machine at which nobody can read a code or type. */
export function MakeLinkDialog({
  view,
  onClose,
}: {
  view: string | undefined
  onClose: () => void
}) {
  const [grant, setGrant] = useState(() => firstGrant(view))
  const [made, setMade] = useState<ScreenLink | null>(null)
  const make = useScreenLinkMake()
  const problem = make.error ? toProblem(make.error) : null
  if (made) {
    return (
      <LinkDialog
        title={
          <>
            A link for the screen <Name name={grant.name.trim()} />
          </>
        }
        what="the link"
        path={made.path}
        expiresAt={made.expiresAt}
        onClose={onClose}
      >
        <p>
          Let the screen’s browser open it within ten minutes. Afterwards start that browser with{' '}
          <span className="font-mono break-all text-ink">{window.location.origin}/screen</span>: it
          goes to the screen’s page by itself.
        </p>
      </LinkDialog>
    )
  }
  return (
    <FormDialog
      title="Make a one-time link"
      description="For a machine at which nobody can type. Whatever browser opens the link first becomes this screen."
      submit="Make the link"
      busyLabel="Making…"
      busy={make.isPending}
      problem={problem}
      fields={grantFields}
      disabledReason={whyNotGrant(grant)}
      onSubmit={() =>
        make.mutate(
          { ...grant, name: grant.name.trim() },
          {
            onSuccess: (link) => {
              setMade(link)
              // Out of the mutation: this dialog's state is the only place where it is.
              make.reset()
            },
          },
        )
      }
      onClose={onClose}
    >
      <GrantFields
        grant={grant}
        problem={problem}
        onChange={(next) => {
          setGrant(next)
          if (problem) make.reset()
        }}
      />
    </FormDialog>
  )
}

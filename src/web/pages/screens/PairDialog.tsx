import { useState } from 'react'
import { toProblem } from '#web/api/client.ts'
import { useScreenApprove } from '#web/api/screens.ts'
import { DoneDialog } from '#web/ui/DoneDialog.tsx'
import { Field, Input } from '#web/ui/Field.tsx'
import { FormDialog } from '#web/ui/FormDialog.tsx'
import { Name } from '#web/ui/Name.tsx'
import { firstGrant, GrantFields, grantFields, whyNotGrant } from './GrantFields.tsx'

/** Gives the screen that shows a code its access. */
export function PairDialog({
  code: scanned,
  view,
  onClose,
}: {
  code: string
  view: string | undefined
  onClose: () => void
}) {
  const [code, setCode] = useState(scanned)
  const [grant, setGrant] = useState(() => firstGrant(view))
  const approve = useScreenApprove()
  const problem = approve.error ? toProblem(approve.error) : null
  if (approve.isSuccess) {
    return (
      <DoneDialog
        title="The screen is paired"
        lead={
          <>
            <Name name={grant.name.trim()} /> goes to its page by itself, within seconds
          </>
        }
        onClose={onClose}
      >
        It stands in the list as soon as it has. If it does not, look at the screen: it says why.
      </DoneDialog>
    )
  }
  const isCode = code.replaceAll(/[\s-]/g, '').length === 8
  return (
    <FormDialog
      title="Pair a screen"
      description={
        <>
          Open <span className="font-mono break-all text-ink">{window.location.host}/screen</span>{' '}
          on the screen and type the code that it shows. It gets to see tunnels and their state,
          nothing else, and can change nothing.
        </>
      }
      submit="Give access"
      busyLabel="Giving…"
      busy={approve.isPending}
      problem={problem}
      fields={['code', ...grantFields]}
      disabledReason={isCode ? whyNotGrant(grant) : 'Type the eight characters of the code.'}
      onSubmit={() => approve.mutate({ code, ...grant, name: grant.name.trim() })}
      onClose={onClose}
    >
      <Field
        label="Code"
        hint="Make sure that you see it on your own screen: never approve a code that somebody sent you."
        error={problem?.field === 'code' ? problem.detail : null}
      >
        {(control) => (
          <Input
            {...control}
            autoCapitalize="characters"
            placeholder="XXXX-XXXX"
            maxLength={16}
            value={code}
            className="h-11! font-mono text-xl tracking-wide uppercase"
            onChange={({ target }) => {
              setCode(target.value)
              if (problem) approve.reset()
            }}
          />
        )}
      </Field>
      <GrantFields
        grant={grant}
        problem={problem}
        onChange={(next) => {
          setGrant(next)
          if (problem) approve.reset()
        }}
      />
    </FormDialog>
  )
}

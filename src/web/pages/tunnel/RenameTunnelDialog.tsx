import { useState } from 'react'
import type { TunnelDetail } from '#contract/tunnel.ts'
import { toProblem } from '#web/api/client.ts'
import { useTunnelUpdate, useWhyNot } from '#web/api/operations.ts'
import { Field, Input } from '#web/ui/Field.tsx'
import { FormDialog } from '#web/ui/FormDialog.tsx'
import { Name } from '#web/ui/Name.tsx'

export function RenameTunnelDialog({
  tunnel,
  onClose,
}: {
  tunnel: TunnelDetail
  onClose: () => void
}) {
  const [name, setName] = useState(tunnel.name)
  const update = useTunnelUpdate(tunnel.id)
  const problem = update.error ? toProblem(update.error) : null
  const trimmed = name.trim()
  const notAllowed = useWhyNot('tunnelUpdate')
  const reason =
    notAllowed ??
    (trimmed === ''
      ? 'A tunnel needs a name.'
      : trimmed === tunnel.name
        ? 'This is its name already.'
        : null)
  return (
    <FormDialog
      title={
        <>
          Rename the tunnel <Name name={tunnel.name} />
        </>
      }
      description="Only the name changes: connectors stay connected, ids and routes stay the same."
      submit="Rename"
      busyLabel="Renaming…"
      busy={update.isPending}
      problem={problem}
      fields={['name']}
      disabledReason={reason}
      goneAt={tunnel.deletedAt}
      onSubmit={() => update.mutate({ name: trimmed }, { onSuccess: onClose })}
      onClose={onClose}
    >
      <Field label="Name" error={problem?.field === 'name' ? problem.detail : null}>
        {(control) => (
          <Input
            {...control}
            dir="auto"
            value={name}
            maxLength={255}
            onFocus={(event) => event.target.select()}
            onChange={(event) => {
              setName(event.target.value)
              if (problem) update.reset()
            }}
          />
        )}
      </Field>
    </FormDialog>
  )
}

import { useState } from 'react'
import type { Screen } from '#contract/people.ts'
import { toProblem } from '#web/api/client.ts'
import { useScreenRename } from '#web/api/screens.ts'
import { Field, Input } from '#web/ui/Field.tsx'
import { FormDialog } from '#web/ui/FormDialog.tsx'

export function RenameScreenDialog({ screen, onClose }: { screen: Screen; onClose: () => void }) {
  const [name, setName] = useState(screen.name)
  const rename = useScreenRename(screen.id)
  const problem = rename.error ? toProblem(rename.error) : null
  const trimmed = name.trim()
  return (
    <FormDialog
      title="Rename the screen"
      size="sm"
      submit="Rename"
      busyLabel="Renaming…"
      busy={rename.isPending}
      problem={problem}
      fields={['name']}
      disabledReason={
        trimmed === ''
          ? 'A screen needs a name.'
          : trimmed === screen.name
            ? 'This is its name already.'
            : null
      }
      onSubmit={() => rename.mutate(trimmed, { onSuccess: onClose })}
      onClose={onClose}
    >
      <Field label="Name" error={problem?.field === 'name' ? problem.detail : null}>
        {(control) => (
          <Input
            {...control}
            dir="auto"
            maxLength={64}
            value={name}
            onFocus={(event) => event.target.select()}
            onChange={(event) => {
              setName(event.target.value)
              if (problem) rename.reset()
            }}
          />
        )}
      </Field>
    </FormDialog>
  )
}

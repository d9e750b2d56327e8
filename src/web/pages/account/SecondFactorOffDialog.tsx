import { toProblem } from '#web/api/client.ts'
import { useSecondFactorRemove } from '#web/api/me.ts'
import { FormDialog } from '#web/ui/FormDialog.tsx'

export function SecondFactorOffDialog({ onClose }: { onClose: () => void }) {
  const remove = useSecondFactorRemove()
  return (
    <FormDialog
      title="Turn the second factor off"
      size="sm"
      submit="Turn off"
      busyLabel="Turning off…"
      tone="danger"
      busy={remove.isPending}
      problem={remove.error ? toProblem(remove.error) : null}
      onSubmit={() => remove.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    >
      <p className="text-ink-2">
        Your password alone will open your account. The key in your app is forgotten here; turning
        it on again makes a new one. It is written to the audit record.
      </p>
    </FormDialog>
  )
}

import { toProblem } from '#web/api/client.ts'
import { useOtherSessionsEnd } from '#web/api/me.ts'
import { FormDialog } from '#web/ui/FormDialog.tsx'

export function EndOthersDialog({
  isLocal,
  onClose,
}: {
  /** They have a password here. */
  isLocal: boolean
  onClose: () => void
}) {
  const end = useOtherSessionsEnd()
  return (
    <FormDialog
      title="Sign out everywhere else"
      size="sm"
      submit="Sign out everywhere else"
      busyLabel="Signing out…"
      tone="danger"
      busy={end.isPending}
      problem={end.error ? toProblem(end.error) : null}
      onSubmit={() => end.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    >
      <p className="text-ink-2">
        Every other browser of yours is signed out within seconds; a running failover goes on. This
        browser stays signed in.{' '}
        {isLocal
          ? 'If somebody else may know your password, change it: that ends the other sessions too.'
          : null}
      </p>
    </FormDialog>
  )
}

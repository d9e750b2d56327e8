import type { Screen } from '#contract/people.ts'
import { toProblem } from '#web/api/client.ts'
import { useScreenRevoke } from '#web/api/screens.ts'
import { FormDialog } from '#web/ui/FormDialog.tsx'
import { Name } from '#web/ui/Name.tsx'

export function RevokeScreenDialog({ screen, onClose }: { screen: Screen; onClose: () => void }) {
  const revoke = useScreenRevoke(screen.id)
  return (
    <FormDialog
      title={
        <>
          Take the access of <Name name={screen.name} /> away
        </>
      }
      size="sm"
      submit="Take access away"
      busyLabel="Taking away…"
      tone="danger"
      busy={revoke.isPending}
      problem={revoke.error ? toProblem(revoke.error) : null}
      onSubmit={() => revoke.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    >
      <p className="text-ink-2">
        Within seconds it stops showing tunnels and shows a new pairing code instead. Whoever
        watches it there sees nothing of the network until an admin approves that code.
      </p>
    </FormDialog>
  )
}

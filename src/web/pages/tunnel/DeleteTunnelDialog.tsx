import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { TunnelDetail } from '#contract/tunnel.ts'
import { toProblem } from '#web/api/client.ts'
import { useTunnelDelete, useWhyNot } from '#web/api/operations.ts'
import { Callout } from '#web/ui/Callout.tsx'
import { Field, Input } from '#web/ui/Field.tsx'
import { FormDialog } from '#web/ui/FormDialog.tsx'
import { Name } from '#web/ui/Name.tsx'
import { confirmationWord, isConfirmed } from './confirm-name.ts'

export function DeleteTunnelDialog({
  tunnel,
  onClose,
}: {
  tunnel: TunnelDetail
  onClose: () => void
}) {
  const [typed, setTyped] = useState('')
  const navigate = useNavigate()
  const remove = useTunnelDelete(tunnel.id)
  const notAllowed = useWhyNot('tunnelDelete')
  const connections = tunnel.connectionCount ?? 0
  const word = confirmationWord(tunnel)
  const toList = () => void navigate({ to: '/', state: { deleted: tunnel.name }, replace: true })
  const reason =
    notAllowed ??
    (connections > 0 ? 'The tunnel still has connections.' : null) ??
    (isConfirmed(typed, tunnel) ? null : 'Type the name to show that you mean this tunnel.')
  return (
    <FormDialog
      title={
        <>
          Delete <Name name={tunnel.name} />
        </>
      }
      submit="Delete tunnel"
      busyLabel="Deleting…"
      tone="danger"
      busy={remove.isPending}
      problem={remove.error ? toProblem(remove.error) : null}
      disabledReason={reason}
      goneAt={remove.isPending || remove.isSuccess ? null : tunnel.deletedAt}
      onSubmit={() => remove.mutate(undefined, { onSuccess: toList })}
      onClose={onClose}
    >
      {connections > 0 ? (
        <Callout
          tone="warn"
          title={`It still has ${connections === 1 ? '1 connection' : `${connections} connections`}`}
        >
          Cloudflare refuses to delete a tunnel that is connected. Stop its connectors first (“sudo
          warp-cli disconnect” on each); once the last connection is gone, this dialog lets you go
          on.
        </Callout>
      ) : (
        <p className="text-ink-2">
          This can’t be undone. Its install token stops working and its connectors can’t come back.
          Routes that lead into the tunnel are not deleted with it; Cloudflare may refuse while
          there are any.
        </p>
      )}
      <Field
        label={
          <>
            Type <span className="font-mono select-all">{word}</span> to confirm
          </>
        }
      >
        {(control) => (
          <Input
            {...control}
            dir="auto"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
      </Field>
    </FormDialog>
  )
}

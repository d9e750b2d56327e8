import { useSuspenseQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { TunnelCreation } from '#contract/tunnel-requests.ts'
import { kindOf, toProblem } from '#web/api/client.ts'
import { useTunnelCreate, useWhyNot } from '#web/api/operations.ts'
import { sessionQuery } from '#web/api/queries.ts'
import { Callout } from '#web/ui/Callout.tsx'
import { Field, Input, Select, Switch } from '#web/ui/Field.tsx'
import { FormDialog } from '#web/ui/FormDialog.tsx'

/** Asks for a name; what comes next (its first connector) is on the new tunnel's own page. */
export function CreateTunnelDialog({ onClose }: { onClose: () => void }) {
  const { data: session } = useSuspenseQuery(sessionQuery)
  const navigate = useNavigate()
  const create = useTunnelCreate()
  const mayNotCreate = useWhyNot('tunnelCreate')
  const [name, setName] = useState('')
  const [ha, setHa] = useState(true)
  const [accountId, setAccountId] = useState(session.accounts[0]?.id ?? '')
  const [sent, setSent] = useState(false)
  const several = session.accounts.length > 1

  const creation = TunnelCreation.safeParse({ name, ha, ...(several ? { accountId } : {}) })
  const wrong = creation.success ? null : 'The name must be 1 to 255 characters long.'
  const problem = create.error ? toProblem(create.error) : null
  const isAboutName = problem && (problem.field === 'name' || kindOf(problem) === 'name-conflict')

  const submit = () => {
    setSent(true)
    if (!creation.success) return
    create.mutate(creation.data, {
      onSuccess: (tunnel) =>
        // In the dialog's place: "back" would open it again, empty.
        void navigate({
          to: '/tunnels/$tunnelId',
          params: { tunnelId: tunnel.id },
          replace: true,
        }),
    })
  }
  return (
    <FormDialog
      title="Create a tunnel"
      submit="Create tunnel"
      busyLabel="Creating…"
      busy={create.isPending}
      problem={isAboutName ? null : problem}
      disabledReason={mayNotCreate}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field
        label="Name"
        hint="A place or a network, e.g. “Dublin office”. It can be changed later."
        error={isAboutName ? problem.detail || problem.title : sent ? wrong : null}
      >
        {(control) => (
          <Input
            {...control}
            name="name"
            maxLength={255}
            value={name}
            onChange={(event) => {
              setName(event.target.value)
              if (problem) create.reset()
            }}
          />
        )}
      </Field>
      {several ? (
        <Field label="Account">
          {(control) => (
            <Select
              {...control}
              value={accountId}
              onChange={(event) => setAccountId(event.target.value)}
              className="font-mono"
            >
              {session.accounts.map(({ id }) => (
                <option key={id}>{id}</option>
              ))}
            </Select>
          )}
        </Field>
      ) : null}
      <Switch
        label="High availability"
        hint="Several connectors serve one tunnel; when the active one is lost, a standby takes over within seconds. This is chosen now and can’t be changed later."
        checked={ha}
        onChange={setHa}
      />
      {ha ? (
        <Callout title="What HA needs">
          MASQUE as the device tunnel protocol, and all connectors of the tunnel on one subnet. With
          a single connector it works too: add the second one when it is there.
        </Callout>
      ) : (
        <Callout tone="warn" title="Without HA nobody takes over">
          The tunnel will have one connector. If that is lost, so is the site, and a failover is not
          possible.
        </Callout>
      )}
    </FormDialog>
  )
}

import { useState } from 'react'
import type { TunnelDetail } from '#contract/tunnel.ts'
import { toProblem } from '#web/api/client.ts'
import { useTunnelUpdate, useWhyNot } from '#web/api/operations.ts'
import { Button } from '#web/ui/Button.tsx'
import { Callout } from '#web/ui/Callout.tsx'
import { Dialog } from '#web/ui/Dialog.tsx'
import { Field, Input, RadioCards } from '#web/ui/Field.tsx'
import { FormDialog } from '#web/ui/FormDialog.tsx'
import { Name } from '#web/ui/Name.tsx'
import { Secret } from '#web/ui/Secret.tsx'
import { newSecret, wrongWithSecret } from './new-secret.ts'

/** A new secret for the tunnel. It lives in this dialog only, and is forgotten when it closes. */
export function RotateSecretDialog({
  tunnel,
  onClose,
}: {
  tunnel: TunnelDetail
  onClose: () => void
}) {
  const [kind, setKind] = useState<'made' | 'own'>('made')
  const [own, setOwn] = useState('')
  const [done, setDone] = useState<string | null>(null)
  const update = useTunnelUpdate(tunnel.id)
  const problem = update.error ? toProblem(update.error) : null
  const notAllowed = useWhyNot('tunnelUpdate')
  const wrong = kind === 'own' && own !== '' ? wrongWithSecret(own) : null
  const reason =
    notAllowed ?? wrong ?? (kind === 'own' && own === '' ? 'Type the secret first.' : null)

  const rotate = () => {
    const secret = kind === 'own' ? own : newSecret()
    update.mutate(
      { secret },
      {
        onSuccess: () => {
          setDone(secret)
          setOwn('')
          // Nothing of it stays in the mutation.
          update.reset()
        },
      },
    )
  }

  if (done !== null) return <Rotated secret={done} onClose={onClose} />
  return (
    <FormDialog
      title={
        <>
          Rotate the secret of <Name name={tunnel.name} />
        </>
      }
      submit="Rotate secret"
      busyLabel="Rotating…"
      tone="danger"
      busy={update.isPending}
      problem={problem}
      fields={['secret']}
      disabledReason={reason}
      goneAt={tunnel.deletedAt}
      onSubmit={rotate}
      onClose={onClose}
    >
      <ul className="flex list-disc flex-col gap-1 pl-4 text-ink-2">
        <li>Connectors that run now stay connected, with the old secret.</li>
        <li>Once one is restarted, it may need the new install token to connect again.</li>
        <li>Install tokens given out so far stop working for new connectors.</li>
      </ul>
      <RadioCards
        legend="New secret"
        name="kind"
        value={kind}
        onChange={setKind}
        cards={[
          {
            value: 'made',
            title: 'Make one',
            hint: '32 random bytes, made in this browser. Shown once, after it is set.',
          },
          {
            value: 'own',
            title: 'Use my own',
            hint: 'Base64 of at least 32 bytes, from your secret store.',
          },
        ]}
      />
      {kind === 'own' ? (
        <Field
          label="Secret"
          hint="Not kept by Tandem: it goes to Cloudflare and is forgotten."
          error={problem?.field === 'secret' ? problem.detail : wrong}
        >
          {(control) => (
            <Input
              {...control}
              type="password"
              autoComplete="new-password"
              className="font-mono"
              value={own}
              onChange={(event) => {
                setOwn(event.target.value.trim())
                if (problem) update.reset()
              }}
            />
          )}
        </Field>
      ) : null}
    </FormDialog>
  )
}

function Rotated({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Dialog
      title="The secret is set"
      onClose={onClose}
      footer={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <Callout tone="good" title="This is the only time it can be seen here">
          Put it into your secret store now if you need it. Connectors get it with their install
          token, under “Add a replica”.
        </Callout>
        <Secret value={secret} what="the new secret" />
      </div>
    </Dialog>
  )
}

import { useState } from 'react'
import type { SecondFactor } from '#contract/people.ts'
import { toProblem } from '#web/api/client.ts'
import { useSecondFactorConfirm, useSecondFactorNew } from '#web/api/me.ts'
import { CodeField } from '#web/identity/CodeField.tsx'
import { Callout } from '#web/ui/Callout.tsx'
import { DoneDialog } from '#web/ui/DoneDialog.tsx'
import { FormDialog } from '#web/ui/FormDialog.tsx'
import { QrCode } from '#web/ui/QrCode.tsx'
import { CopyButton } from '#web/ui/Secret.tsx'

/**
 * Turns the second factor on: what it means, the key for the app, and a first code that shows that the app has
 * it. The key lives in this dialog only.
 */
export function SecondFactorDialog({ onClose }: { onClose: () => void }) {
  const [made, setMade] = useState<SecondFactor | null>(null)
  const begin = useSecondFactorNew()
  if (made) return <Confirm made={made} onClose={onClose} />
  return (
    <FormDialog
      title="Turn the second factor on"
      size="sm"
      submit="Show the key"
      busyLabel="Making a key…"
      busy={begin.isPending}
      problem={begin.error ? toProblem(begin.error) : null}
      onSubmit={() =>
        begin.mutate(undefined, {
          onSuccess: (answer) => {
            setMade(answer)
            // Out of the mutation: this dialog's state is the only place where it is.
            begin.reset()
          },
        })
      }
      onClose={onClose}
    >
      <p className="text-ink-2">
        Signing in will take your password and a code of an authenticator app, such as one on your
        phone: a new one every 30 seconds, each good once.
      </p>
      <Callout title="If the phone is lost">
        An admin resets your password: using the link that you get turns the second factor off.
        Whoever runs the server can do the same there. There are no recovery codes to keep or to
        lose.
      </Callout>
    </FormDialog>
  )
}

function Confirm({ made, onClose }: { made: SecondFactor; onClose: () => void }) {
  const [code, setCode] = useState('')
  const confirm = useSecondFactorConfirm()
  const problem = confirm.error ? toProblem(confirm.error) : null
  if (confirm.isSuccess) {
    return (
      <DoneDialog
        title="The second factor is on"
        lead="From now on signing in also takes a code"
        onClose={onClose}
      >
        Sessions that are open stay open. Keep the app: Tandem shows its key to nobody again.
      </DoneDialog>
    )
  }
  return (
    <FormDialog
      title="Show the key to your app"
      submit="Turn on"
      busyLabel="Checking…"
      busy={confirm.isPending}
      problem={problem}
      fields={['code']}
      disabledReason={/^\s*(?:\d\s*){6}$/.test(code) ? null : 'Type the six digits of the app.'}
      onSubmit={() => confirm.mutate(code)}
      onClose={onClose}
    >
      <div className="flex flex-wrap items-start gap-4">
        <QrCode text={made.uri} label="The key as a QR code, for your authenticator app" />
        <div className="min-w-50 flex-1">
          <p>Scan it with the app, or type this key:</p>
          <div className="mt-1 flex items-start gap-1">
            <code className="min-w-0 flex-1 py-1.5 font-mono text-sm text-balance">
              {grouped(made.secret)}
            </code>
            <CopyButton text={made.secret} what="the key" />
          </div>
          <p className="mt-2 text-sm text-ink-2">
            Whoever sees it can make your codes. It is never shown again.
          </p>
        </div>
      </div>
      <CodeField
        error={problem?.field === 'code' ? problem.detail : null}
        value={code}
        onChange={(next) => {
          setCode(next)
          if (problem) confirm.reset()
        }}
      />
    </FormDialog>
  )
}

/** In groups of four, as people read and type it: a line ends between them. */
const grouped = (secret: string) => secret.replaceAll(/(.{4})(?=.)/g, '$1 ')

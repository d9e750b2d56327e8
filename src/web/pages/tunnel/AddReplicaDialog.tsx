import { Fragment, type ReactNode, useState } from 'react'
import type { TunnelDetail } from '#contract/tunnel.ts'
import { toProblem } from '#web/api/client.ts'
import { useInstallToken, useWhyNot } from '#web/api/operations.ts'
import { Button, IconButton } from '#web/ui/Button.tsx'
import { Callout } from '#web/ui/Callout.tsx'
import { CodeLine } from '#web/ui/CodeLine.tsx'
import { DeletedCallout } from '#web/ui/DeletedCallout.tsx'
import { Dialog } from '#web/ui/Dialog.tsx'
import { Name } from '#web/ui/Name.tsx'
import { ProblemCallout } from '#web/ui/ProblemCallout.tsx'
import { CopyButton, Masked } from '#web/ui/Secret.tsx'
import { Segmented } from '#web/ui/Segmented.tsx'
import { type Distribution, distributions, installSteps, joinCommand } from './install.ts'

/**
 * How to make a machine a connector of this tunnel. The install token is a secret: fetched only when
 * asked for, kept in this dialog's state only, and gone when it closes.
 */
export function AddReplicaDialog({
  tunnel,
  onClose,
}: {
  tunnel: TunnelDetail
  onClose: () => void
}) {
  const [distribution, setDistribution] = useState<Distribution>('debian')
  const steps = installSteps[distribution]
  const isStandby = tunnel.ha === true && tunnel.activeConnectorId !== null
  return (
    <Dialog
      size="lg"
      title={
        <>
          Add a replica to <Name name={tunnel.name} />
        </>
      }
      description={`Run these on the new machine. It ${isStandby ? 'joins as a standby and ' : ''}shows up here within seconds.`}
      onClose={onClose}
      footer={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        {tunnel.ha === false ? (
          <Callout tone="warn" title="This tunnel is not HA">
            A second connector would not stand by for the first. HA is chosen when a tunnel is
            created, and its HA mode must not be Disabled.
          </Callout>
        ) : (
          <ul className="flex list-disc flex-col gap-1 pl-4 text-ink-2">
            <li>The machine must stand on the same subnet as the other replicas.</li>
            <li>HA needs MASQUE as the device tunnel protocol in the device profile.</li>
          </ul>
        )}
        <Segmented
          label="System of the new machine"
          value={distribution}
          options={distributions}
          onChange={setDistribution}
        />
        <ol className="flex flex-col gap-4">
          {steps.map(({ id, title, command }, at) => (
            <Step key={id} number={at + 1} title={title}>
              <CodeLine copy={<CopyButton text={command} what={`step ${at + 1}`} />}>
                <Words text={command} />
              </CodeLine>
            </Step>
          ))}
          <Step number={steps.length + 1} title="Join the tunnel and connect">
            <p className="text-ink-2">
              Over SSH your own connection may drop here: have another way in.
            </p>
            <Join tunnel={tunnel} />
          </Step>
        </ol>
      </div>
    </Dialog>
  )
}

function Step({ number, title, children }: { number: number; title: string; children: ReactNode }) {
  return (
    <li className="flex min-w-0 flex-col gap-1.5">
      <p className="font-medium">
        <span className="text-ink-2">{number}.</span> {title}
      </p>
      {children}
    </li>
  )
}

/** A command and a blank, with lines that break at blanks only: an option cut after its hyphens reads as two. */
const Words = ({ text }: { text: string }) =>
  [...text.matchAll(/\S+/g)].map(({ 0: word, index }) => (
    <Fragment key={index}>
      <span className="inline-block max-w-full">{word}</span>{' '}
    </Fragment>
  ))

/** The step that needs the token, which a tunnel that is deleted meanwhile makes worthless. */
function Join({ tunnel }: { tunnel: TunnelDetail }) {
  const [token, setToken] = useState<string | null>(null)
  const [shown, setShown] = useState(false)
  const fetching = useInstallToken(tunnel.id)
  const notAllowed = useWhyNot('tokenGet')
  const gone = tunnel.deletedAt !== null
  if (gone && token !== null) setToken(null)
  const reason = gone ? 'The tunnel has been deleted.' : notAllowed

  const fetchToken = () =>
    fetching.mutate(undefined, {
      onSuccess: (answer) => {
        setToken(answer.token)
        // Out of the mutation: this dialog's state is the only place where it is.
        fetching.reset()
      },
    })

  if (token === null)
    return (
      <>
        <CodeLine
          copy={
            <Button
              icon="key"
              busy={fetching.isPending}
              disabledReason={reason}
              onClick={fetchToken}
            >
              {fetching.isPending ? 'Fetching…' : 'Fetch token'}
            </Button>
          }
        >
          <Words text="sudo warp-cli connector new" />
          <span className="text-ink-2">TOKEN</span> <Words text="&& sudo warp-cli connect" />
        </CodeLine>
        {tunnel.deletedAt !== null ? (
          <DeletedCallout at={tunnel.deletedAt}>No machine can join it any more.</DeletedCallout>
        ) : fetching.error ? (
          <ProblemCallout problem={toProblem(fetching.error)} />
        ) : (
          <p className="text-sm text-ink-2">
            {reason ??
              'The token is a secret: whoever has it can join this tunnel. It is fetched when you ask, written to the audit record as seen, and forgotten when this dialog closes.'}
          </p>
        )}
      </>
    )
  return (
    <>
      <CodeLine
        copy={
          <span className="flex">
            <IconButton
              icon={shown ? 'eyeOff' : 'eye'}
              label={shown ? 'Hide the token' : 'Show the token'}
              onClick={() => setShown(!shown)}
            />
            <CopyButton text={joinCommand(token)} what="the command with the token" />
          </span>
        }
      >
        <Words text="sudo warp-cli connector new" />
        {shown ? token : <Masked what="the token" />} <Words text="&& sudo warp-cli connect" />
      </CodeLine>
      <p className="text-sm text-ink-2">
        Copying takes the whole command, with the token. Whoever has it can join this tunnel.
      </p>
    </>
  )
}

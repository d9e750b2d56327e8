import type { ReactNode } from 'react'
import type { PollerState, SessionAnswer, TokenState } from '#contract/session.ts'
import { DemoNote } from '#web/start/DemoNote.tsx'
import { OwnAccount } from '#web/start/OwnAccount.tsx'
import { TokenCheck } from '#web/start/TokenCheck.tsx'
import { Button } from '#web/ui/Button.tsx'
import { CodeLine } from '#web/ui/CodeLine.tsx'
import { useClock } from '#web/ui/clock.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { CopyButton } from '#web/ui/Secret.tsx'
import { TimeAgo } from '#web/ui/TimeAgo.tsx'
import { countdownText } from '#web/ui/time.ts'

/** Beside a Tandem that watches: another port, and without what its .env says of Cloudflare. */
const demoCommand = (tokens: readonly TokenState[]) =>
  [
    'PORT=8788',
    'CLOUDFLARE_API_TOKEN=',
    ...(tokens.length > 1 ? ['CLOUDFLARE_READ_TOKEN='] : []),
    'CLOUDFLARE_ACCOUNT_ID=',
    'npm start',
  ].join(' ')

/** Where no tunnel is known: three steps to the first one, and which of them is the one to take. */
export function FirstRun({
  session: { mode, accounts, tokens, poller },
  mayNotCreate,
  onCreate,
}: {
  session: SessionAnswer
  mayNotCreate: string | null
  onCreate: () => void
}) {
  const isDemo = mode === 'demo'
  const token = tokenState(poller, tokens)
  const isListed = poller.listedAt !== null
  return (
    <section aria-labelledby="first-run" className="rounded-lg border border-line bg-panel">
      <div className="mx-auto flex max-w-180 flex-col gap-6 px-4 py-6 sm:px-6 sm:py-12">
        <div>
          <h2 id="first-run" className="text-xl font-semibold">
            {titleOf(poller)}
          </h2>
          <p className="mt-1 text-ink-2">
            A WARP Connector tunnel (“Mesh node” in Cloudflare’s dashboard) joins a network to
            Cloudflare. Tandem watches those of an account and helps you fail over between their
            connectors.
          </p>
        </div>
        <ol className="flex flex-col gap-6">
          {isDemo ? (
            <Step state="done" title="You are in the demo">
              <DemoNote />
            </Step>
          ) : (
            <Step state="open" number={1} title="Look around in the demo, whenever you like">
              <p className="text-ink-2">
                A simulated account with a month of history. It runs beside this Tandem, at port
                8788, and nothing in it reaches Cloudflare.
              </p>
              <CodeLine
                copy={<CopyButton text={demoCommand(tokens)} what="the command of the demo" />}
              >
                {demoCommand(tokens)}
              </CodeLine>
            </Step>
          )}
          {isDemo ? (
            <Step state="open" number={2} title="Your own account needs a token">
              <OwnAccount isDemo accountIds={[]} />
            </Step>
          ) : (
            <Step state={token} number={2} title={tokenTitle(token, poller)}>
              <TokenCheck tokens={tokens} />
              <details open={token === 'wrong'} className="group mt-2">
                <summary className="w-max rounded-sm text-accent-text hover:underline">
                  Set another token
                </summary>
                <div className="mt-3">
                  <OwnAccount isDemo={false} accountIds={accounts.map(({ id }) => id)} />
                </div>
              </details>
            </Step>
          )}
          {isListed ? (
            <Step state="done" title="The account was read: it has no tunnels">
              <p className="text-ink-2">
                Last read <TimeAgo at={poller.listedAt} />. One that is made in Cloudflare’s
                dashboard appears here by itself.
              </p>
              <div>
                <Button
                  variant="primary"
                  icon="plus"
                  disabledReason={mayNotCreate}
                  onClick={onCreate}
                >
                  Create the first tunnel
                </Button>
              </div>
            </Step>
          ) : (
            <Step state="open" number={3} title="The first sweep">
              <SweepWaits poller={poller} />
            </Step>
          )}
        </ol>
      </div>
    </section>
  )
}

function titleOf({ listedAt, state }: PollerState): string {
  if (listedAt !== null) return 'No tunnels yet'
  return state === 'starting' || state === 'running'
    ? 'Looking at the account for the first time'
    : 'Tandem can’t see the tunnels yet'
}

type StepState = 'open' | 'done' | 'wrong'

function tokenState({ listedAt, state }: PollerState, tokens: readonly TokenState[]): StepState {
  const isWrong = tokens.some(({ verdict }) =>
    ['rejected', 'expired', 'permission-missing'].includes(verdict),
  )
  return isWrong || state === 'rejected' ? 'wrong' : listedAt === null ? 'open' : 'done'
}

function tokenTitle(state: StepState, poller: PollerState): string {
  if (state === 'wrong') return 'The token is not good enough'
  if (state === 'done') return 'The token works'
  return poller.state === 'starting' || poller.state === 'running'
    ? 'The token is being checked'
    : 'Whether the token works is not known yet'
}

const marks = {
  open: 'text-ink-2 ring-1 ring-line-strong ring-inset',
  done: 'bg-good-soft text-good',
  wrong: 'bg-bad-soft text-bad',
} as const

function Step({
  state,
  number,
  title,
  children,
}: {
  state: StepState
  number?: number
  title: string
  children: ReactNode
}) {
  return (
    <li className="flex gap-3">
      <span
        className={`flex size-7 shrink-0 items-center justify-center rounded-full font-medium ${marks[state]}`}
      >
        {state === 'open' ? (
          <span aria-hidden="true">{number}</span>
        ) : (
          <Icon name={state === 'done' ? 'check' : 'alert'} />
        )}
      </span>
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <h3 className="flex min-h-7 items-center font-semibold">
          {title}
          <span className="sr-only">{state === 'done' ? ' (done)' : ''}</span>
        </h3>
        {children}
      </div>
    </li>
  )
}

/** What the first look waits for. */
function SweepWaits({ poller }: { poller: PollerState }) {
  const left = useClock((now) => (poller.until === null ? '' : countdownText(poller.until - now)))
  const again = left ? ` Tandem asks again in ${left}.` : ''
  const text = {
    starting: 'Cloudflare is being asked for the list of tunnels.',
    running: 'Cloudflare is being asked for the list of tunnels.',
    failing: `It waits for Cloudflare to answer.${again}`,
    paused: `It waits until Cloudflare takes calls again.${again}`,
    rejected: `It waits for a token that may read.${again}`,
  }[poller.state]
  return (
    <p className="text-ink-2">
      {text} The tunnels then appear here by themselves, one after the other.
    </p>
  )
}

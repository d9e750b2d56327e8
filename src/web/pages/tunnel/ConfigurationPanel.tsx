import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { whyNot } from '#contract/operations.ts'
import type { Configuration, TunnelDetail } from '#contract/tunnel.ts'
import { toProblem } from '#web/api/client.ts'
import { configurationQuery, sessionQuery } from '#web/api/queries.ts'
import { Button } from '#web/ui/Button.tsx'
import { Fact, Facts, Panel } from '#web/ui/Panel.tsx'
import { ProblemFooter } from '#web/ui/ProblemCallout.tsx'
import { Skeleton } from '#web/ui/Skeleton.tsx'
import { Instant, NotReported } from '#web/ui/TimeAgo.tsx'
import { haModeLooks } from './ha-modes.ts'

/** How the tunnel's HA is set up, as Cloudflare reports it. */
export function ConfigurationPanel({
  tunnel,
  onChange,
}: {
  tunnel: TunnelDetail
  onChange: () => void
}) {
  const deleted = tunnel.deletedAt !== null
  const { data: session } = useSuspenseQuery(sessionQuery)
  const configuration = useQuery({ ...configurationQuery(tunnel.id), enabled: !deleted })
  const reason = deleted
    ? 'The tunnel has been deleted.'
    : (whyNot(session.me?.role ?? null, 'configurationPut') ??
      (configuration.data?.reported === false
        ? 'Cloudflare does not offer the HA configuration on this account.'
        : null))
  return (
    <Panel
      title="HA configuration"
      aside={
        <Button
          size="sm"
          variant="ghost"
          className="-mr-2"
          disabledReason={reason}
          onClick={onChange}
        >
          Change<span className="sr-only"> the HA configuration</span>
        </Button>
      }
    >
      <div className="min-h-30">
        {configuration.data ? (
          <Settings configuration={configuration.data} />
        ) : deleted ? (
          <p className="text-ink-2">Not known any more.</p>
        ) : configuration.error ? (
          <div role="alert">
            <p>{toProblem(configuration.error).title}.</p>
            <div className="text-ink-2">
              {toProblem(configuration.error).detail}
              <ProblemFooter problem={toProblem(configuration.error)} />
            </div>
            <Button
              size="sm"
              icon="refresh"
              className="mt-2"
              onClick={() => configuration.refetch()}
            >
              Ask again
            </Button>
          </div>
        ) : (
          <output aria-busy="true" className="flex flex-col gap-2.5">
            <span className="sr-only">Loading</span>
            <Skeleton className="h-4 w-32" />
            <Skeleton />
            <Skeleton className="h-4 w-52" />
          </output>
        )}
      </div>
    </Panel>
  )
}

function Settings({ configuration }: { configuration: Configuration }) {
  const { haMode, haModeReported } = configuration
  if (!configuration.reported)
    return (
      <p className="text-ink-2">
        Not reported: Cloudflare does not offer this on the account yet. Failovers work all the
        same; whether the site’s outbound traffic follows is up to its own routing.
      </p>
    )
  return (
    <div className="flex flex-col gap-3">
      <p>
        <span className="font-medium">
          {haMode ? haModeLooks[haMode].word : (haModeReported ?? 'Mode not reported')}
        </span>
        <span className="text-ink-2">
          {haMode
            ? ` — ${haModeLooks[haMode].long}`
            : haModeReported
              ? ' — a word of Cloudflare’s that Tandem does not know.'
              : ''}
        </span>
      </p>
      <Facts>
        {haMode === 'aws' || configuration.fnrId ? (
          <Fact name="Network interface">
            {configuration.fnrId ? (
              <span className="font-mono text-[0.93em]">{configuration.fnrId}</span>
            ) : (
              <NotReported />
            )}
          </Fact>
        ) : null}
        {haMode === 'local' || configuration.vips.length > 0 ? (
          <Fact name="Virtual addresses">
            <Addresses addresses={configuration.vips} />
          </Fact>
        ) : null}
        {configuration.vipsPrevious.length > 0 ? (
          <Fact name="To clean up">
            <Addresses addresses={configuration.vipsPrevious} />
          </Fact>
        ) : null}
        <Fact name="Version">{configuration.version ?? <NotReported />}</Fact>
        <Fact name="Changed">
          {configuration.updatedAt === null ? (
            <NotReported />
          ) : configuration.updatedAt === 'never' ? (
            'Never'
          ) : (
            <Instant at={configuration.updatedAt} />
          )}
        </Fact>
      </Facts>
    </div>
  )
}

function Addresses({ addresses }: { addresses: readonly string[] }) {
  if (addresses.length === 0) return <NotReported />
  return (
    <ul className="flex flex-wrap gap-x-3 font-mono text-[0.93em]">
      {addresses.map((address) => (
        <li key={address} className="break-all">
          {address}
        </li>
      ))}
    </ul>
  )
}

import type { ReactNode } from 'react'
import { CodeLine } from '#web/ui/CodeLine.tsx'
import { CopyButton } from '#web/ui/Secret.tsx'

/** What to put where so that Tandem watches an account. The token never goes through the browser. */
export function OwnAccount({
  accountIds,
  isDemo,
}: {
  /** Those that are set already; none in the demo. */
  accountIds: readonly string[]
  isDemo: boolean
}) {
  const lines = [
    'CLOUDFLARE_API_TOKEN=…',
    `CLOUDFLARE_ACCOUNT_ID=${isDemo ? '…' : accountIds.join(',')}`,
  ].join('\n')
  return (
    <div className="flex flex-col gap-2 text-ink-2">
      <p>
        Make an API token in Cloudflare’s dashboard, preferably one that the account owns, with{' '}
        <strong className="font-medium text-ink">
          Account → Cloudflare One Connector: WARP → Edit
        </strong>
        . It goes into the file <Code>.env</Code> in Tandem’s folder, never into a browser:
      </p>
      <CodeLine copy={<CopyButton text={lines} what="the lines for .env" />}>{lines}</CodeLine>
      {isDemo ? (
        <>
          <p>Then end the demo and start Tandem again. The demo’s data stays apart.</p>
          <CodeLine copy={<CopyButton text="npm start" what="the command" />}>npm start</CodeLine>
        </>
      ) : (
        <p>
          Then start Tandem again. A new token for the same account is also taken up from that file
          while Tandem runs, when its process is sent a SIGHUP.
        </p>
      )}
      <p className="text-sm">
        Recommended: a second token with <Strong>WARP → Read</Strong> only, as{' '}
        <Code>CLOUDFLARE_READ_TOKEN</Code>. Tandem then watches with that one and, if both are
        account-owned, a lock-out of the watcher can’t stop a failover.
      </p>
    </div>
  )
}

const Code = ({ children }: { children: ReactNode }) => (
  <code className="font-mono text-[0.93em] break-words">{children}</code>
)
const Strong = ({ children }: { children: ReactNode }) => (
  <strong className="font-medium text-ink">{children}</strong>
)

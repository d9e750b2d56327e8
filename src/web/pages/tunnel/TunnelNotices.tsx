import type { TunnelDetail } from '#contract/tunnel.ts'
import { useCheckedAt } from '#web/api/ages.ts'
import { Callout } from '#web/ui/Callout.tsx'
import { DeletedCallout } from '#web/ui/DeletedCallout.tsx'
import { Moment } from '#web/ui/TimeAgo.tsx'

/** What is wrong with what this page shows, said where it is shown. */
export function TunnelNotices({ tunnel, stale }: { tunnel: TunnelDetail; stale: boolean }) {
  const checkedAt = useCheckedAt(tunnel)
  if (tunnel.deletedAt !== null)
    return (
      <DeletedCallout at={tunnel.deletedAt}>
        What you see is the last that Tandem knew of it. Nothing can be changed any more.
      </DeletedCallout>
    )
  return (
    <>
      {tunnel.unlistedSince === null ? null : (
        <Callout tone="warn" title="Cloudflare no longer lists this tunnel">
          Missing since <Moment at={tunnel.unlistedSince} />. It may have been deleted; Tandem asks
          for it by its id before it believes that.
        </Callout>
      )}
      {tunnel.trouble === null ? (
        stale ? (
          <Callout
            tone="warn"
            title={
              checkedAt === null ? (
                'Tandem has not looked at this tunnel yet'
              ) : (
                <>
                  As of <Moment at={checkedAt} />: older than it should be
                </>
              )
            }
          >
            {checkedAt === null
              ? 'Nothing here is known for sure before the first look.'
              : 'Nobody knows whether this is still true, so nothing here is shown as good.'}
          </Callout>
        ) : null
      ) : (
        <Callout
          tone="warn"
          title={
            checkedAt === null ? (
              'The last look at this tunnel failed'
            ) : (
              <>
                Seen last at <Moment at={checkedAt} />
              </>
            )
          }
        >
          {tunnel.trouble}
        </Callout>
      )}
    </>
  )
}

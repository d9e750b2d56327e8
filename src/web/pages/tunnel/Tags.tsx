import { Link } from '@tanstack/react-router'
import type { TunnelDetail } from '#contract/tunnel.ts'
import { useWhyNot } from '#web/api/operations.ts'
import { Button } from '#web/ui/Button.tsx'
import { TagText, tagClass } from '#web/ui/TagText.tsx'
import { tip } from '#web/ui/tip.ts'

/** How people label it; each tag leads to all tunnels that have it. */
export function Tags({ tunnel, onEdit }: { tunnel: TunnelDetail; onEdit: () => void }) {
  const mayNotTag = useWhyNot('tunnelTag')
  const gone = tunnel.deletedAt === null ? null : 'The tunnel has been deleted.'
  return (
    <div className="-mt-1.5 flex min-h-7 flex-wrap items-center gap-1.5">
      {tunnel.tags.length > 0 ? (
        <ul aria-label="Tags" className="flex min-w-0 flex-wrap gap-1.5">
          {tunnel.tags.map((tag) => (
            <li key={tag} className="flex min-w-0">
              <Link
                to="/"
                search={{ tag: [tag] }}
                className={`${tagClass('md')} max-w-full hover:text-ink hover:ring-line-strong`}
                {...tip('All tunnels with this tag')}
              >
                <TagText tag={tag} />
              </Link>
            </li>
          ))}
        </ul>
      ) : null}
      <Button
        variant="ghost"
        size="sm"
        icon="tag"
        disabledReason={gone ?? mayNotTag}
        aria-keyshortcuts="t"
        className={tunnel.tags.length > 0 ? '' : '-ml-2'}
        onClick={onEdit}
      >
        Edit tags
      </Button>
    </div>
  )
}

import { withoutTag } from '#web/fleet/tags.ts'
import { handsFocusHome } from '#web/ui/home.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { TagText, tagClass } from '#web/ui/TagText.tsx'
import type { Change } from './search.ts'

/** The tags that the list is limited to; each goes by itself. */
export function TagFilter({
  tags,
  onFilter,
}: {
  tags: readonly string[] | undefined
  onFilter: (change: Change) => void
}) {
  if (!tags) return null
  return (
    <ul aria-label="Only tunnels tagged" className="flex min-w-0 flex-wrap items-center gap-1.5">
      {tags.map((tag) => (
        <li key={tag} className="flex min-w-0">
          <button
            ref={handsFocusHome}
            type="button"
            aria-label={`${tag}: remove this filter`}
            onClick={() => onFilter((old) => ({ tag: withoutTag(old.tag, tag) }))}
            className={`${tagClass('lg', 'chosen')} max-w-full hover:ring-accent`}
          >
            <TagText tag={tag} />
            <Icon name="close" className="size-3 text-ink-2" />
          </button>
        </li>
      ))}
    </ul>
  )
}

import { getRouteApi } from '@tanstack/react-router'
import type { MouseEvent } from 'react'
import { withTag } from '#web/fleet/tags.ts'
import type { TunnelsSearch } from '#web/router.tsx'
import { TagText, tagClass } from '#web/ui/TagText.tsx'
import { tip } from '#web/ui/tip.ts'

const route = getRouteApi('/')

/**
 * The tags of a row, as many as fit beside the name, without their keys where there is little room. What does
 * not fit whole falls into a second line that is not shown. A click shows only the tunnels that have it too. Not the router's own `Link`, as in `RowLink`.
 */
export function RowTags({ tags }: { tags: readonly string[] }) {
  const navigate = route.useNavigate()
  if (tags.length === 0) return null
  const follow = (event: MouseEvent, tag: string) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
      return
    event.preventDefault()
    const search = (old: TunnelsSearch) => ({ ...old, tag: withTag(old.tag, tag) })
    void navigate({ search, resetScroll: false })
  }
  return (
    <span className="flex h-5 min-w-0 flex-1 basis-0 flex-wrap gap-1 self-center overflow-hidden max-md:hidden">
      {/* Even the first one falls where it does not fit. */}
      <span className="-mr-1 h-5 w-0" />
      {tags.map((tag) => (
        <a
          key={tag}
          href={`/?tag=${encodeURIComponent(tag)}`}
          tabIndex={-1}
          aria-label={tag}
          {...tip(`Show only what is tagged ${tag}`)}
          className={`${tagClass('sm')} shrink-0 hover:text-ink hover:ring-line-strong`}
          onClick={(event) => follow(event, tag)}
        >
          <TagText tag={tag} keyClass="max-[109rem]:hidden" />
        </a>
      ))}
    </span>
  )
}

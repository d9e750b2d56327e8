import { keyOf, valueOf } from '#contract/tags.ts'

const sizes = { sm: 'h-5 px-1.5 text-xs', md: 'h-6 px-2 text-sm', lg: 'h-7 gap-1.5 px-2 text-sm' }
const tones = {
  quiet: 'bg-sunken text-ink-2 ring-line',
  chosen: 'bg-accent-soft text-ink ring-accent-edge',
}

/** The classes of a tag, wherever it stands: quiet, but where it is what somebody chose. */
export const tagClass = (size: keyof typeof sizes, tone: keyof typeof tones = 'quiet') =>
  `inline-flex min-w-0 items-center overflow-hidden rounded-sm whitespace-nowrap ring-1 ring-inset ${sizes[size]} ${tones[tone]}`

/** `site:london`, its key quieter than its value, isolated so that it can't reorder what stands beside it. */
export function TagText({ tag, keyClass = '' }: { tag: string; keyClass?: string }) {
  const key = keyOf(tag)
  return (
    <bdi className="truncate">
      {key === null ? null : <span className={`text-ink-3 ${keyClass}`}>{key}:</span>}
      {valueOf(tag)}
    </bdi>
  )
}

import { keyOf, parseTag, sortedTags } from '#contract/tags.ts'
import type { Tunnel } from '#contract/tunnel.ts'

/** Tags as people look for them. Pure. */

/** The tags in an address: a list, or words joined by commas; what is none is left out. Undefined: none. */
export function tagsOf(value: unknown): string[] | undefined {
  const given = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : []
  const tags = given.flatMap((text) => {
    const parsed = parseTag(String(text))
    return 'tag' in parsed ? [parsed.tag] : []
  })
  return tags.length > 0 ? sortedTags(tags) : undefined
}

/** Whether it has each of the plain words, and of each key one: `site:london,site:dublin,critical`. */
export const hasTags = ({ tags }: Pick<Tunnel, 'tags'>, wanted: readonly string[]): boolean =>
  wanted.every(
    (one) =>
      tags.includes(one) ||
      (keyOf(one) !== null &&
        wanted.some((other) => keyOf(other) === keyOf(one) && tags.includes(other))),
  )

/** The choice with this tag. */
export const withTag = (tags: readonly string[] | undefined, tag: string): string[] =>
  sortedTags([...(tags ?? []), tag])

/** The choice without it; undefined when none is left. */
export function withoutTag(tags: readonly string[] | undefined, tag: string) {
  const rest = (tags ?? []).filter((one) => one !== tag)
  return rest.length > 0 ? rest : undefined
}

export type TagInUse = { tag: string; count: number }

/** The tags that tunnels have, in their order, and how many have each. */
export const tagsInUse = (tunnels: readonly Pick<Tunnel, 'tags'>[]): TagInUse[] =>
  counted(tunnels.flatMap(({ tags }) => tags))
    .map(([tag, count]) => ({ tag, count }))
    .toSorted((a, b) => (a.tag < b.tag ? -1 : 1))

/** The keys by which tunnels can be told apart, the one that most of them have first. */
export function keysInUse(tunnels: readonly Pick<Tunnel, 'tags'>[]): string[] {
  const keys = tunnels.flatMap(({ tags }) => [...new Set(tags.map(keyOf))])
  return counted(keys.filter((key) => key !== null))
    .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([key]) => key)
}

function counted(words: readonly string[]): [word: string, count: number][] {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts]
}

/**
 * Tags: people's own labels of tunnels, kept by Tandem and never sent to Cloudflare. A plain word (`critical`)
 * or a key and its value (`site:london`): letters and digits of any script and `-_.` inside, no spaces, so
 * that a tag can be searched for and stand in an address as it is. Case and width say nothing:
 * `Site:London` is `site:london`.
 */

export const longestTag = 40
export const mostTags = 12

const word = String.raw`[\p{L}\p{N}][\p{L}\p{M}\p{N}._\-]*`
export const tagPattern = new RegExp(`^(?=.{1,${longestTag}}$)${word}(?::${word})?$`, 'u')

/** As it is kept: whoever types it otherwise means the same. */
export const toKept = (text: string) =>
  text.normalize('NFKC').toLowerCase().normalize('NFKC').trim()

/** The tag that somebody means, or why there is none. */
export function parseTag(text: string): { tag: string } | { wrong: string } {
  const tag = toKept(text)
  if (tagPattern.test(tag)) return { tag }
  return { wrong: whyNoTag(tag) }
}

function whyNoTag(tag: string): string {
  if (tag === '') return 'A tag needs at least one letter or digit.'
  if ([...tag].length > longestTag) return `A tag has ${longestTag} characters at most.`
  if (/\s/.test(tag)) {
    const joined = parseTag(tag.replaceAll(/\s+/g, '-'))
    return `A tag has no spaces${'tag' in joined ? `: “${joined.tag}” would do` : ''}.`
  }
  if (tag.split(':').length > 2) return 'A tag has one colon at most, as in “site:london”.'
  if (tag.startsWith(':') || tag.endsWith(':'))
    return 'Before and after the colon stands a word, as in “site:london”.'
  return 'A tag is made of letters, digits and “-”, “_”, “.”, and begins with a letter or a digit.'
}

/** What stands before the colon; null for a plain word. */
export function keyOf(tag: string): string | null {
  const at = tag.indexOf(':')
  return at < 0 ? null : tag.slice(0, at)
}

/** What stands after the colon; of a plain word the word. */
export const valueOf = (tag: string): string => tag.slice(tag.indexOf(':') + 1)

/** In the one order in which tags are kept and shown, without repeats. */
export const sortedTags = (tags: Iterable<string>): string[] => [...new Set(tags)].toSorted()

/** The tags that were, after somebody put some on and took some off. */
export const changedTags = (
  tags: readonly string[],
  { add, remove }: { add: readonly string[]; remove: readonly string[] },
): string[] => sortedTags([...tags.filter((tag) => !remove.includes(tag)), ...add])

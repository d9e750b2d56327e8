/** How names that other people chose are shown: nothing in them may reorder or hide what stands beside. */

// Marks, embeddings, overrides and isolates of the bidirectional algorithm.
const bidi = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu
// Zero width and soft hyphen; the joiner stays inside emoji only.
const invisible =
  /(?<!\p{Extended_Pictographic}\ufe0f?)\u200d|\u034f|[\u00ad\u115f\u1160\u180e\u200b\u200c\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu
// Line breaks, tabs and other controls would tear a row.
const controls = /[\p{Cc}\u2028\u2029]+/gu

/** The text as it may be shown; empty if nothing visible is left. Never use it to compare or to send. */
export function visibleName(name: string): string {
  return name.replace(controls, ' ').replace(bidi, '').replace(invisible, '').trim()
}

/** As `visibleName`, with words for a name that has nothing to show. */
export const displayName = (name: string): string => visibleName(name) || '(no name)'

export { shortId } from '#contract/short-id.ts'

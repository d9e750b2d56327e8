/**
 * How view state is written in an address: plain words, lists joined by commas, nothing that is empty.
 * `?status=down,degraded&q=lhr` rather than encoded JSON, because people read and type addresses.
 */

export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text))
}

export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(search)) {
    const text = Array.isArray(value) ? value.join(',') : value
    if (text !== undefined && text !== null && text !== '') params.set(key, String(text))
  }
  const query = params
    .toString()
    .replaceAll('%2C', ',')
    .replaceAll('%3A', ':')
    .replaceAll('%40', '@')
  return query ? `?${query}` : ''
}

/** The value if it is one of the words, else undefined. */
export function oneOf<T extends string>(words: readonly T[], value: unknown): T | undefined {
  return words.find((word) => word === value)
}

const listOf = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : []

/** Any words of a list; undefined if none. */
export function textsOf(value: unknown): string[] | undefined {
  const texts = listOf(value).map(String).filter(Boolean)
  return texts.length > 0 ? texts : undefined
}

/** The words of a list that are known, in the order of `words`; undefined if none. */
export function someOf<T extends string>(words: readonly T[], value: unknown): T[] | undefined {
  const given = listOf(value)
  const known = words.filter((word) => given.includes(word))
  return known.length > 0 ? known : undefined
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export const uuidOf = (value: unknown) => (uuid.test(String(value)) ? String(value) : undefined)

/** The ids of a list, each once and `most` at most; undefined if none. */
export function uuidsOf(value: unknown, most: number): string[] | undefined {
  const given = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : []
  const ids = [...new Set(given.flatMap((one) => uuidOf(one) ?? []))].slice(0, most)
  return ids.length > 0 ? ids : undefined
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

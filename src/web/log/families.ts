/** Kinds of entries as people ask for them: a few families instead of twenty words. */
export type Family<T extends string> = { label: string; meaning: string; kinds: readonly T[] }

/** Whether a family is asked for whole, in part, or not at all. */
export function chosen<T extends string>(
  kinds: readonly T[] | undefined,
  family: readonly T[],
): boolean | 'mixed' {
  const count = family.filter((kind) => kinds?.includes(kind)).length
  return count === 0 ? false : count === family.length ? true : 'mixed'
}

/** The choice with a family more or less; undefined when nothing is left of it: then all are shown. */
export function toggled<T extends string>(
  kinds: readonly T[] | undefined,
  family: readonly T[],
): T[] | undefined {
  const rest = (kinds ?? []).filter((kind) => !family.includes(kind))
  const next = chosen(kinds, family) === true ? rest : [...rest, ...family]
  return next.length > 0 ? next : undefined
}

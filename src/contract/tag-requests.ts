import * as z from 'zod/mini'
import { mostTags, sortedTags, tagPattern, toKept } from './tags.ts'

/** What is asked for when people label a tunnel. */

const Tag = z
  .string('must be a text')
  .check(
    z.overwrite(toKept),
    z.regex(tagPattern, 'must be a tag: a word or a key and its value, as “site:london”'),
  )
const Tags = z
  .array(Tag)
  .check(z.maxLength(mostTags, `must be ${mostTags} tags or fewer`), z.overwrite(sortedTags))

/**
 * What is put on and what is taken off. Not the whole set: two people who change the same tunnel at the same
 * moment both get what they asked for.
 */
export const TagChange = z.strictObject({ add: Tags, remove: Tags }).check(
  z.refine(({ add, remove }) => add.length + remove.length > 0, {
    message: 'must add or remove a tag',
  }),
  z.refine(({ add, remove }) => !add.some((tag) => remove.includes(tag)), {
    message: 'must not be removed at once',
    path: ['add'],
  }),
)
export type TagChange = z.infer<typeof TagChange>

import type * as z from 'zod/mini'

/** What a value in a request is that a schema does not take, where the schema itself has no words for it. */

const kinds: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
}
const quoted = (values: readonly unknown[]) =>
  values.map((value) => `“${String(value)}”`).join(', ')

/** Words that follow the name of a field, such as `is missing`. For a schema's `error`. */
export function saysWrong(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `must not hold ${quoted(issue.keys)}`
    case 'invalid_type': {
      if (issue.input === undefined) return 'is missing'
      const kind = kinds[issue.expected]
      return kind ? `must be ${kind}` : 'is not valid'
    }
    case 'invalid_value':
      if (issue.input === undefined) return 'is missing'
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${quoted(issue.values)}`
    case 'invalid_format':
      return issue.format === 'uuid'
        ? 'must be an id (a UUID)'
        : 'does not have the form that it must have'
    case 'too_big':
      return `must be at most ${issue.maximum}${unitOf(issue.origin)}`
    case 'too_small':
      return `must be at least ${issue.minimum}${unitOf(issue.origin)}`
    default:
      return 'is not valid'
  }
}

/** What a length is counted in. */
function unitOf(origin: string): string {
  if (origin === 'string') return ' characters long'
  return origin === 'array' ? ' entries long' : ''
}

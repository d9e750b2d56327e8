import { createHash } from 'node:crypto'

/**
 * A value that can be used but not printed: whatever turns it into text or JSON gets `[redacted]`.
 * `reveal()` is called in one place, where the Authorization header is made.
 */
export type Secret = {
  reveal: () => string
  /** Tells two secrets apart in the store without holding either. */
  fingerprint: string
  toString: () => string
  toJSON: () => string
}

const inspect = Symbol.for('nodejs.util.inspect.custom')

export function createSecret(value: string): Secret {
  const hidden = () => '[redacted]'
  const fingerprint = createHash('sha256').update(`tandem:${value}`).digest('hex').slice(0, 16)
  // The value lives in the closure, so no walk over the object's fields can find it.
  return Object.freeze({
    reveal: () => value,
    fingerprint,
    toString: hidden,
    toJSON: hidden,
    [inspect]: hidden,
  })
}

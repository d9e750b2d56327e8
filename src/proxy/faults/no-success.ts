/** Answers that are JSON, as asked for, and no success. */

/** One that is, where its status lets it. */
export const good = '{"success":true,"errors":[],"messages":[],"result":[]}'

const failed = (more: object) => JSON.stringify({ success: false, result: [], ...more })

/** U9: what it is, its status and its body. */
export const noSuccess: [what: string, status: number, body: string][] = [
  ['success false', 200, failed({ errors: [] })],
  ['errors null', 200, failed({ errors: null })],
  ['errors a text', 200, failed({ errors: 'no' })],
  ['a code as text', 200, failed({ errors: [{ code: '1234', message: 'no' }] })],
  ['errors of numbers', 200, failed({ errors: [1, 2] })],
  ['success missing', 200, '{"result":[]}'],
  ['success as text', 200, '{"success":"true","result":[]}'],
  ['success as 1', 200, '{"success":1,"result":[]}'],
  ['success true with 400', 400, good],
  ['success true with 404', 404, good],
  ['success false with 201', 201, failed({ errors: [{ code: 7, message: 'seven' }] })],
]

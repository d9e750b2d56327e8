import { afterEach, expect, test, vi } from 'vitest'
import { problemPrefix } from '#contract/problem.ts'
import { get, toProblem } from './client.ts'

afterEach(() => vi.unstubAllGlobals())

const answerWith = (text: string, status = 200) => {
  vi.stubGlobal('fetch', async () => new Response(text, { status }))
  return get('/tunnels').catch((error: unknown) => toProblem(error))
}

test.each(['null', '5', '"tunnels"', 'true'])(
  'an answer that is %s is none of this page’s version',
  async (text) => {
    expect(await answerWith(text)).toMatchObject({
      type: `${problemPrefix}unexpected-answer`,
      title: 'Tandem’s answer could not be read',
    })
  },
)

test('an answer that is no JSON is not Tandem’s own', async () => {
  expect(await answerWith('<!doctype html>')).toMatchObject({ title: 'The server answered 200' })
  expect(await answerWith('{"type":"about:blank"}', 503)).toMatchObject({
    title: 'The server answered 503',
  })
})

test('an answer of Tandem is taken at its word, and so is a refusal', async () => {
  expect(await answerWith('{"tunnels":[]}')).toEqual({ tunnels: [] })
  const refusal = { type: `${problemPrefix}not-found`, title: 'Not found', status: 404, detail: '' }
  expect(await answerWith(JSON.stringify(refusal), 404)).toEqual(refusal)
})

test('a sign-in page in front of Tandem means that nobody is signed in any more', async () => {
  vi.stubGlobal('fetch', async () => ({ type: 'opaqueredirect' }))
  const problem = await get('/session').catch((error: unknown) => toProblem(error))
  expect(problem).toMatchObject({
    type: `${problemPrefix}sign-in-needed`,
    title: 'Something in front of Tandem wants you to sign in',
  })
})

import { afterEach, describe, expect, test, vi } from 'vitest'
import { problemPrefix } from '#contract/problem.ts'
import type { ProblemKind } from '#contract/problem-kinds.ts'
import { promptNow } from './again.ts'
import { get, kindOf, send, toProblem } from './client.ts'

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

test('a change that a gateway answered in Tandem’s place may have happened', async () => {
  vi.stubGlobal('fetch', async () => new Response('Gateway Time-out', { status: 504 }))
  const problem = await send('POST', '/deed').catch((error: unknown) => toProblem(error))
  expect(problem).toMatchObject({
    type: `${problemPrefix}outcome-unknown`,
    title: 'The server answered 504',
    detail: expect.stringMatching(/may have happened: look before you repeat it\.$/),
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

describe('beside a proof of who is there', () => {
  const refused = (kind: ProblemKind) =>
    Response.json(
      { type: `${problemPrefix}${kind}`, title: '', status: 401, detail: '' },
      { status: 401 },
    )

  /** A deed that waits for a proof, which makes whatever is asked with the cookie of before be refused. */
  async function prove() {
    const asked: string[] = []
    let proven = false
    let held = Promise.resolve()
    vi.stubGlobal('fetch', async (path: string, { method }: RequestInit) => {
      asked.push(`${method} ${path}`)
      const isOld = !proven
      await held
      if (isOld) return refused(path === '/api/deed' ? 'sign-in-again' : 'sign-in-needed')
      return Response.json({ done: true })
    })
    const deed = send('POST', '/deed')
    await vi.waitFor(() => expect(promptNow()).not.toBeNull())
    return {
      asked,
      deed,
      hold: () => {
        let release = () => {}
        held = new Promise((resolve) => {
          release = resolve
        })
        return release
      },
      settle: (isProved: boolean) => {
        proven = isProved
        promptNow()?.settle(isProved)
      },
    }
  }
  const kind = (error: unknown) => kindOf(toProblem(error))

  test('what is read is asked for once more, whether it is refused before the end of the proof or after', async () => {
    const { asked, deed, hold, settle } = await prove()
    const before = get('/tunnels')
    await new Promise(setImmediate)
    const release = hold()
    const after = get('/session')
    settle(true)
    release()
    for (const each of [deed, before, after]) expect(await each).toEqual({ done: true })
    expect(asked.toSorted()).toEqual([
      'GET /api/session',
      'GET /api/session',
      'GET /api/tunnels',
      'GET /api/tunnels',
      'POST /api/deed',
      'POST /api/deed',
    ])
  })

  test('nothing is asked for once more without a proof', async () => {
    const { asked, deed, settle } = await prove()
    const read = get('/tunnels')
    settle(false)
    expect(await deed.catch(kind)).toBe('sign-in-again')
    expect(await read.catch(kind)).toBe('sign-in-needed')
    expect(await get('/session').catch(kind)).toBe('sign-in-needed')
    expect(asked).toEqual(['POST /api/deed', 'GET /api/tunnels', 'GET /api/session'])
  })

  test('what would change something is sent once', async () => {
    const { asked, deed, settle } = await prove()
    const write = send('PUT', '/note')
    settle(true)
    await deed
    expect(await write.catch(kind)).toBe('sign-in-needed')
    expect(asked.filter((each) => each === 'PUT /api/note')).toHaveLength(1)
  })
})

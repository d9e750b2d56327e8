import type { HttpBindings } from '@hono/node-server'
import type { Problem } from '#contract/problem.ts'

/** Where people come to: a rig, or a Tandem in a process of its own. */
export type Place = {
  app: { fetch: (request: Request, bindings: HttpBindings) => Response | Promise<Response> }
  /** Its log. */
  lines: string[]
}

/**
 * Somebody's browser: it keeps its cookies and comes over the TLS proxy in front of a Tandem, as its
 * `publicUrl` says. What goes wrong is told as it is, so that a test can look at it.
 */
export type Visitor = ReturnType<typeof createVisitor>

export const publicUrl = 'https://tandem.example.com'
/** What a write of the page has, as it comes from the TLS proxy in front. */
export const ofPage: [name: string, value: string][] = [
  ['host', 'tandem.example.com'],
  ['x-forwarded-proto', 'https'],
  ['x-requested-by', 'tandem'],
  ['origin', publicUrl],
  ['content-type', 'application/json'],
]
export const goodPassword = 'mossy lantern quietly orbits'

type Answer = { status: number; json: unknown; headers: Headers }

export function createVisitor({ app }: Pick<Place, 'app'>, address = '192.0.2.10') {
  const jar = new Map<string, string>()

  /** @param headers beside those that the page itself sends; undefined takes one away. */
  async function ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string | undefined> = {},
  ): Promise<Answer> {
    const isWrite = !['GET', 'HEAD'].includes(method)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const all: Record<string, string | undefined> = {
      host: 'tandem.example.com',
      'x-forwarded-for': address,
      'x-forwarded-proto': 'https',
      'sec-fetch-site': 'same-origin',
      'x-requested-by': 'tandem',
      'user-agent': 'test',
      ...(cookie ? { cookie } : {}),
      ...(isWrite ? { 'content-type': 'application/json', origin: publicUrl } : {}),
      ...headers,
    }
    const request = new Request(`http://127.0.0.1:8787/api${path}`, {
      method,
      headers: Object.entries(all).flatMap(([name, value]): [string, string][] =>
        value === undefined ? [] : [[name, value]],
      ),
      ...(isWrite ? { body: typeof body === 'string' ? body : JSON.stringify(body ?? {}) } : {}),
    })
    const incoming = { socket: { remoteAddress: '127.0.0.1' } } as HttpBindings['incoming']
    const response = await app.fetch(request, { incoming } as HttpBindings)
    for (const line of response.headers.getSetCookie()) keep(line)
    const text = await response.text()
    const isJson = /\bjson$/.test(response.headers.get('content-type') ?? '')
    return {
      status: response.status,
      json: isJson && text !== '' ? JSON.parse(text) : null,
      headers: response.headers,
    }
  }

  function keep(line: string) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (/; Max-Age=0\b/.test(line)) jar.delete(name)
    else jar.set(name, value)
  }

  return {
    ask,
    jar,
    /** The answer's status and, when it is a refusal, its kind: what most tests look at. */
    async outcome(method: string, path: string, body?: unknown): Promise<string> {
      const { status, json } = await ask(method, path, body)
      return status < 400 ? String(status) : `${status} ${kindOf(json)}`
    },
    signIn: (name: string, password: string, code?: string) =>
      ask('POST', '/sign-in', { name, password, ...(code ? { code } : {}) }),
    /** The same browser, its cookies as they are now, wherever it is then. */
    elsewhere(from: string) {
      const other = createVisitor({ app }, from)
      for (const [name, value] of jar) other.jar.set(name, value)
      return other
    },
  }
}

export const kindOf = (json: unknown) => (json as Problem).type.replace('urn:tandem:problem:', '')

/** The code that Tandem has put into its log. */
export function setupCode({ lines }: Place): string {
  const line = lines.findLast((each) => each.includes('no admin who can sign in')) ?? ''
  const [, code = ''] = /the code: ([0-9A-Z-]+)/.exec(line) ?? []
  return code
}

/** Makes the first admin, as the person who started Tandem does. */
export async function setUp(place: Place, name = 'Ada'): Promise<Visitor> {
  // Whether somebody can sign in is looked up in the store.
  while (setupCode(place) === '') await new Promise((resolve) => setImmediate(resolve))
  const visitor = createVisitor(place)
  const request = { code: setupCode(place), name, password: goodPassword }
  const { status, json } = await visitor.ask('POST', '/setup', request)
  if (status !== 200) throw new Error(`set-up: ${status} ${JSON.stringify(json)}`)
  return visitor
}

/** Adds a person and lets them accept, in a browser of their own. */
export async function join(place: Place, admin: Visitor, name: string, role: string) {
  const added = await admin.ask('POST', '/people', { name, role })
  if (added.status !== 201) throw new Error(`add: ${added.status} ${JSON.stringify(added.json)}`)
  const { path, person } = added.json as { path: string; person: { id: string } }
  const visitor = createVisitor(place, '192.0.2.20')
  const secret = path.split('#')[1] ?? ''
  const accepted = await visitor.ask('POST', '/invitations/accept', {
    secret,
    password: goodPassword,
  })
  if (accepted.status !== 200) {
    throw new Error(`accept: ${accepted.status} ${JSON.stringify(accepted.json)}`)
  }
  return { visitor, personId: person.id, secret }
}

/** A wall that one of the admin's one-time links has let in. */
export async function hang(
  place: Place,
  admin: Visitor,
  grant: Partial<{ name: string; view: string; days: number }> = {},
  address?: string,
): Promise<Visitor> {
  const link = { name: 'Wall', view: '/', days: 1, ...grant }
  const { json } = await admin.ask('POST', '/screens/links', link)
  const screen = createVisitor(place, address)
  const secret = (json as { path: string }).path.split('#')[1]
  await screen.ask('POST', '/screens/claims', { secret })
  return screen
}

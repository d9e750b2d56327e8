import { ScreenApproval, ScreenChange, ScreenClaim, ScreenLinkRequest } from '#contract/people.ts'
import { onRecord } from '../identity/actions.ts'
import type { AuditEntry } from '../identity/audit.ts'
import { signedIn } from '../identity/guard.ts'
import { screenCookie } from '../identity/identify.ts'
import type { Granted } from '../identity/screens.ts'
import { ProblemError } from '../problem.ts'
import { type Parts, type Request, type Route, readBody } from './route.ts'
import { by, setCookies } from './sign-in.ts'

/** Screens on walls: paired with a code that they show or with a one-time link, listed, taken away. */
export function screenRoutes(route: Route, { identity, audit, now }: Parts) {
  const { screens } = identity

  route('screenList', async (c) => c.json({ screens: await screens.list() }))

  route('pairingBegin', (c) => {
    assertPeople()
    return c.json(screens.begin(c.get('way').from), 201)
  })

  route('screenApprove', async (c) => {
    assertPeople()
    const approval = await readBody(c, ScreenApproval)
    const { name, view, days } = approval
    const who = signedIn(c)
    const entry = { ...by(c), what: 'screen-paired', target: name, facts: { view, days } } as const
    await onRecord(audit, entry, () => screens.approve(approval, who))
    return c.json({ done: true })
  })

  route('screenLinkMake', async (c) => {
    assertPeople()
    const request = await readBody(c, ScreenLinkRequest)
    const { name, view, days } = request
    const facts = { view, days }
    const entry = { ...by(c), what: 'screen-link-made', target: name, facts } as const
    return c.json(await onRecord(audit, entry, () => screens.link(request, signedIn(c))), 201)
  })

  route('screenClaim', async (c) => {
    assertPeople()
    const { secret } = await readBody(c, ScreenClaim)
    const { from } = c.get('way')
    const { state, cookie } = await screens.claim(secret, from, (granted, add) =>
      onRecord(audit, claimed(c, granted), add),
    )
    if (cookie) takeCookie(c, cookie)
    return c.json(state)
  })

  route('screenRename', async (c, { screenId = '' }) => {
    const before = await screens.get(screenId)
    const { name } = await readBody(c, ScreenChange)
    const target = `screen:${screenId}`
    const facts = { name: { from: before.name, to: name } }
    await audit.append({ ...by(c), what: 'screen-renamed', target, facts })
    await screens.rename(screenId, name)
    return c.json({ done: true })
  })

  route('screenRevoke', async (c, { screenId = '' }) => {
    const { name } = await screens.get(screenId)
    const target = `screen:${screenId}`
    await audit.append({ ...by(c), what: 'screen-revoked', target, facts: { name } })
    await screens.revoke(screenId)
    return c.json({ done: true })
  })

  /** Nobody is signed in yet: it is the screen itself that comes. */
  function claimed(c: Request, { id, name, view, days, by: grantedBy }: Granted): AuditEntry {
    const target = `screen:${id}`
    return {
      who: { id: target, name, role: 'screen' },
      from: c.get('way').from,
      what: 'screen-claimed',
      tunnelId: null,
      target,
      facts: { view, days, by: grantedBy.name },
      requestId: c.get('requestId'),
    }
  }

  function takeCookie(c: Request, cookie: { secret: string; expiresAt: number }) {
    setCookies(c, [screenCookie(cookie, c.get('way'), cookie.expiresAt - now())])
  }

  /** A screen is for where people sign in: elsewhere every browser is let in as it is. */
  function assertPeople() {
    if (identity.settings.signIn === 'people') return
    throw new ProblemError(
      'not-found',
      'Screens need no access of their own here: nobody signs in.',
    )
  }
}

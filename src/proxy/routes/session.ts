import type { Session, SessionAnswer } from '#contract/session.ts'
import { isScreen, sessionForScreen } from '../identity/for-screens.ts'
import { wantsFresh } from './fresh.ts'
import type { Parts, Route } from './route.ts'

export function sessionRoutes(route: Route, parts: Parts) {
  const { identity, mayRefresh } = parts

  route('sessionGet', async (c) => {
    const who = c.get('who')
    // Whoever is not signed in is answered from memory, whatever they ask for.
    if (who && wantsFresh(c) && mayRefresh('sessionGet', 'tokens')) await parts.checkTokens()
    const session = parts.session()
    const shared = !who
      ? sessionForNobody(session)
      : isScreen(who)
        ? sessionForScreen(session)
        : session
    const answer: SessionAnswer = {
      ...shared,
      me: who && identity.toMe(who),
      signIn: await identity.signIn(),
    }
    return c.json(answer)
  })
}

/** What a sign-in page needs, and nothing of what is watched. */
const sessionForNobody = ({ mode, build, serverAt }: Session): Session => ({
  mode,
  build,
  serverAt,
  accounts: [],
  tokens: [],
  storeNotice: null,
  storeBytes: null,
  notRecordingSince: null,
  notRecordingBecause: null,
  poller: {
    state: 'starting',
    reason: null,
    since: serverAt,
    until: null,
    listedAt: null,
    listIncompleteSince: null,
    sweptAt: null,
    sweepMs: null,
    firstSweep: null,
    budget: { used: 0, polling: 0, hardStop: 0, limit: 0, remaining: null, neighbour: false },
    clockSkewMs: null,
  },
})

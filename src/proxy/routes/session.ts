import type { SessionAnswer } from '#contract/session.ts'
import { toMe } from '../identity/identify.ts'
import type { Parts, Route } from './route.ts'

export function sessionRoutes(route: Route, parts: Parts) {
  route('sessionGet', async (c) => {
    const who = c.get('who')
    const signIn = await parts.signIn()
    const answer: SessionAnswer = { ...parts.session(), me: who && toMe(who), signIn }
    return c.json(answer)
  })
}

import type { Parts, Route } from './route.ts'

export function sessionRoutes(route: Route, parts: Parts) {
  route('sessionGet', (c) => c.json(parts.session()))
}

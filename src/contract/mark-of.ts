import type { Mark } from './marks.ts'

/** A mark for tests: nothing but what the test gives it. */
export const markOf = (more: Partial<Mark>): Mark => ({
  id: 'one',
  tunnelId: 'a tunnel',
  kind: 'note',
  at: 0,
  from: null,
  to: null,
  by: 'Ada',
  byId: 'person:ada',
  text: null,
  eventId: null,
  endedAt: null,
  ...more,
})

import type { EventKind } from '#contract/history.ts'
import { parseRange } from '#web/charts/range.ts'

/** What the address of the log may hold. Without a range it goes back to its beginning. */
export type ActivitySearch = {
  tunnel?: string | undefined
  kind?: EventKind[] | undefined
  range?: string | undefined
  dialog?: 'acknowledge' | undefined
  /** The entry that the dialog is about. */
  event?: string | undefined
}

/** What it asks for. */
export const activityFilter = ({ tunnel, kind, range }: ActivitySearch) => ({
  tunnelId: tunnel,
  kinds: kind,
  range: parseRange(range),
})

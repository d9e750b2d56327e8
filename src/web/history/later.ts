import { later } from '#web/ui/later.tsx'

/** What stands last on a page is the largest: its code comes by itself, and `router.tsx` asks for it early. */

export const HistorySection = later(
  async () => (await import('./HistorySection.tsx')).HistorySection,
)

/** Recharts, the heaviest part of all. */
export const ConnectionHistory = later(
  async () => (await import('#web/charts/ConnectionHistory.tsx')).ConnectionHistory,
)

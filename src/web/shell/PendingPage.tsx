import { Skeleton } from '#web/ui/Skeleton.tsx'

/** The page's room while its data is on the way. */
export function PendingPage() {
  return (
    <output aria-busy="true" className="mx-auto flex max-w-520 flex-col gap-3 px-4 py-6 sm:px-6">
      <span className="sr-only">Loading</span>
      <Skeleton className="h-8 w-60" />
      <Skeleton className="h-14 w-full" />
      <Skeleton className="h-72 w-full" />
    </output>
  )
}

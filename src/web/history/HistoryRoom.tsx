import { connectionsRem, timelineRem } from '#web/charts/plot.ts'
import { Skeleton } from '#web/ui/Skeleton.tsx'

/** The room of the section while its data is on the way, so that nothing below it jumps. */
export function HistoryRoom({ lanes }: { lanes: number }) {
  return (
    <output aria-busy="true" className="flex flex-col gap-3">
      <span className="sr-only">Loading the history</span>
      <Skeleton className="h-18 w-full" />
      <Skeleton className="w-full" style={{ height: `${timelineRem(lanes) + 9}rem` }} />
      <Skeleton className="w-full" style={{ height: `${connectionsRem + 5}rem` }} />
    </output>
  )
}

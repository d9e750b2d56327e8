import type { Alarm } from './alarm.ts'

/** What a wall says of itself: only what somebody must know. */
export function WallFooter({ demo, alarm }: { demo: boolean; alarm: Alarm }) {
  const notes = [
    demo ? 'Demo: these tunnels are simulated' : '',
    alarm.isBlocked ? 'Sound is blocked until someone presses a key or clicks' : '',
    alarm.isQuiet ? 'Quiet hours' : '',
  ].filter(Boolean)
  // Its line is there without them too: a wall that changes its tiles for a note is no calm wall.
  return (
    <footer className="min-h-[1em] truncate pr-[22vh] text-[2.2vh] leading-none text-ink-2 max-sm:pr-0">
      {notes.join(' · ')}
    </footer>
  )
}

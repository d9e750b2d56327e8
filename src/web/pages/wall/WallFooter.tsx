import type { Alarm } from './alarm.ts'

/** What a wall says of itself: only what somebody must know. */
export function WallFooter({ demo, alarm }: { demo: boolean; alarm: Alarm }) {
  const notes = [
    demo ? 'Demo: these tunnels are simulated' : '',
    alarm.isBlocked ? 'Sound waits for a key or a click: browsers want one' : '',
    alarm.isQuiet ? 'Quiet hours' : '',
  ].filter(Boolean)
  if (notes.length === 0) return null
  return <footer className="text-[2.2vh] leading-none text-ink-2">{notes.join(' · ')}</footer>
}

import { useEffect } from 'react'
import { Dialog } from '#web/ui/Dialog.tsx'
import { Kbd } from '#web/ui/Kbd.tsx'
import { placeKeys } from '#web/ui/place-keys.ts'
import { keysText } from '#web/ui/shortcuts.ts'

const shownMs = 60_000

/** The keys of a wall, for whoever stands before it. They go by themselves: nothing may cover a wall for months. */
export const wallHelp = (onClose: () => void) => <WallHelp onClose={onClose} />

/** @param onClose the same function always */
function WallHelp({ onClose }: { onClose: () => void }) {
  useEffect(() => {
    const timer = setTimeout(onClose, shownMs)
    return () => clearTimeout(timer)
  }, [onClose])
  return (
    <Dialog title="Keys of the wall" size="sm" light onClose={onClose}>
      <ul className="text-base">
        {placeKeys
          .filter(({ where }) => where === 'A wall')
          .map(({ keys, does }) => (
            <li key={does} className="flex min-h-8 items-center justify-between gap-4">
              {does}
              {keys.flatMap(keysText).map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </li>
          ))}
      </ul>
      <p className="mt-3 text-base text-ink-2">
        Pages turn by the clock, so that walls beside each other turn together.
      </p>
    </Dialog>
  )
}

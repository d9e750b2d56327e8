import { memo, Suspense, useRef } from 'react'
import { Button } from '#web/ui/Button.tsx'
import { later } from '#web/ui/later.ts'
import { Popover } from '#web/ui/Popover.tsx'
import { useShortcut } from '#web/ui/shortcuts.ts'

const fetchPanel = () => import('./ViewPanel.tsx')
const ViewPanel = later(async () => (await fetchPanel()).ViewPanel)

/** Which tunnels are shown and how: saved views, density and columns, behind one button. */
export const ViewButton = memo(function ViewButton({ search }: { search: string }) {
  const place = useRef<HTMLSpanElement>(null)
  useShortcut('view', () => {
    const button = place.current?.querySelector('button')
    button?.focus()
    button?.click()
  })
  return (
    // As large as its button, so that a pointer that comes near fetches what is behind it.
    <span ref={place} onPointerEnter={() => void fetchPanel()}>
      <Popover
        label="View"
        renderButton={(trigger) => (
          <Button icon="settings" className="max-sm:px-2" {...trigger}>
            <span className="max-sm:sr-only">View</span>
          </Button>
        )}
      >
        {(close) => (
          <Suspense fallback={<div className="h-60" />}>
            <ViewPanel search={search} onClose={close} />
          </Suspense>
        )}
      </Popover>
    </span>
  )
})

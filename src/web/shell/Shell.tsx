import { Outlet } from '@tanstack/react-router'
import { TooltipLayer } from '#web/ui/Tooltip.tsx'

export function Shell() {
  return (
    <>
      <main id="main">
        <Outlet />
      </main>
      <TooltipLayer />
    </>
  )
}

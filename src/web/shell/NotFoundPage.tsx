import { Link } from '@tanstack/react-router'
import { buttonClass } from '#web/ui/Button.tsx'
import { EmptyState } from '#web/ui/EmptyState.tsx'
import { usePageTitle } from '#web/ui/page-title.ts'

export function NotFoundPage() {
  usePageTitle('Not found')
  return (
    <EmptyState
      level="h1"
      title="There is nothing at this address"
      action={
        <Link to="/" className={buttonClass('primary')}>
          All tunnels
        </Link>
      }
    >
      The tunnel or connector may be gone, or the address is not complete.
    </EmptyState>
  )
}

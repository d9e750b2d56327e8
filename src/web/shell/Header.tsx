import { useSuspenseQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Suspense } from 'react'
import { whyNot } from '#contract/operations.ts'
import { sessionQuery } from '#web/api/queries.ts'
import { Button, IconButton } from '#web/ui/Button.tsx'
import { Icon } from '#web/ui/Icon.tsx'
import { Kbd } from '#web/ui/Kbd.tsx'
import { later } from '#web/ui/later.ts'
import { Menu, MenuItem } from '#web/ui/Menu.tsx'
import { Popover } from '#web/ui/Popover.tsx'
import { keysText } from '#web/ui/shortcuts.ts'
import { setTheme, type Theme, themes, useTheme } from '#web/ui/theme.ts'
import { tip } from '#web/ui/tip.ts'
import { AccountMenu } from './AccountMenu.tsx'
import { LiveChip } from './LiveChip.tsx'
import { Logo } from './Logo.tsx'
import { PollerChip } from './PollerChip.tsx'

const DemoPopover = later(async () => (await import('#web/start/DemoPopover.tsx')).DemoPopover)

export function Header({ onPalette, onHelp }: { onPalette: () => void; onHelp: () => void }) {
  const { data: session } = useSuspenseQuery(sessionQuery)
  const { me } = session
  const mayNotAudit = whyNot(me?.role ?? null, 'auditList')
  const mayNotFollow = whyNot(me?.role ?? null, 'activityCsv')
  return (
    <header className="flex h-12 items-center gap-1 border-b border-line bg-panel px-3 sm:gap-3 sm:px-6">
      <Link
        to="/"
        className="-mx-1 flex h-8 items-center gap-2.5 rounded-md px-1 text-lg font-semibold tracking-tight"
        aria-label="Tandem"
      >
        <Logo className="h-4 w-6.5" />
        <span className="max-sm:hidden">Tandem</span>
      </Link>
      {session.mode === 'demo' ? <DemoMark /> : null}
      {me?.method === 'off' ? <SignInOffMark /> : null}
      <nav aria-label="Main" className="flex h-full items-stretch sm:ml-1">
        <NavLink to="/">Tunnels</NavLink>
        <NavLink to="/activity" disabledReason={mayNotFollow}>
          Activity
        </NavLink>
        <span className="flex max-sm:hidden">
          <NavLink to="/wall/build">Wall</NavLink>
        </span>
        {/* Three words are too many for a phone; there the search goes to it. */}
        <span className="flex max-sm:hidden">
          <NavLink to="/audit" disabledReason={mayNotAudit}>
            Audit
          </NavLink>
        </span>
      </nav>
      <div className="min-w-0 flex-1" />
      <button
        type="button"
        onClick={onPalette}
        aria-keyshortcuts="Control+K Meta+K"
        className="flex h-8 items-center gap-2 rounded-md px-2 text-ink-2 hover:bg-hover hover:text-ink lg:w-56 lg:bg-page lg:ring-1 lg:ring-line lg:ring-inset"
      >
        <Icon name="search" />
        <span className="flex-1 text-left max-lg:sr-only">Find anything</span>
        <span className="hidden gap-1 lg:flex" aria-hidden="true">
          {keysText('mod+k').map((key) => (
            <Kbd key={key}>{key}</Kbd>
          ))}
        </span>
      </button>
      <PollerChip session={session} />
      <LiveChip />
      <div className="flex items-center">
        {/* The palette has it too, where a phone has no room. */}
        <span className="max-sm:hidden">
          <ThemeMenu />
        </span>
        <IconButton label="Keys and help" icon="help" className="max-sm:hidden" onClick={onHelp} />
      </div>
      {me ? <AccountMenu me={me} /> : null}
    </header>
  )
}

function NavLink({
  to,
  children,
  disabledReason,
}: {
  to: '/' | '/activity' | '/audit' | '/wall/build'
  children: string
  disabledReason?: string | null
}) {
  if (disabledReason)
    return (
      <Button variant="ghost" className="self-center" disabledReason={disabledReason}>
        {children}
      </Button>
    )
  return (
    <Link
      to={to}
      activeOptions={{ includeSearch: false, exact: true }}
      className="relative flex items-center px-1.5 text-ink-2 hover:text-ink sm:px-2"
      activeProps={{
        className:
          'text-ink after:absolute after:inset-x-1.5 sm:after:inset-x-2 after:bottom-0 after:h-0.5 after:bg-accent',
      }}
    >
      {children}
    </Link>
  )
}

function DemoMark() {
  return (
    <Popover
      label="This is a demo"
      align="start"
      renderButton={(trigger) => (
        <button
          type="button"
          {...trigger}
          className="flex h-6 items-center rounded-sm bg-accent-soft px-1.5 text-xs font-medium text-accent-text hover:underline"
        >
          Demo
        </button>
      )}
    >
      <Suspense>
        <DemoPopover />
      </Suspense>
    </Popover>
  )
}

function SignInOffMark() {
  return (
    <span
      className="flex items-center rounded-sm bg-warn-soft px-1.5 py-0.5 text-xs font-medium whitespace-nowrap text-ink"
      {...tip(
        'Nobody signs in: everybody who reaches Tandem on this machine is admin.\nTo have people sign in, take TANDEM_SIGN_IN=off away and start Tandem again.',
      )}
    >
      <Icon name="alert" className="size-3.5 lg:hidden" />
      <span className="max-lg:sr-only">Sign-in off</span>
    </span>
  )
}

const themeWords: Record<Theme, string> = { system: 'As the system', dark: 'Dark', light: 'Light' }
const themeIcons = { system: 'monitor', dark: 'moon', light: 'sun' } as const

function ThemeMenu() {
  const theme = useTheme()
  return (
    <Menu
      label="Theme"
      renderButton={(trigger) => <IconButton {...trigger} label="Theme" icon={themeIcons[theme]} />}
    >
      {themes.map((each) => (
        <MenuItem
          key={each}
          icon={themeIcons[each]}
          checked={each === theme}
          onSelect={() => setTheme(each)}
        >
          {themeWords[each]}
        </MenuItem>
      ))}
    </Menu>
  )
}

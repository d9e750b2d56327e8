import { useNavigate } from '@tanstack/react-router'
import { whyNot } from '#contract/operations.ts'
import type { Me } from '#contract/session.ts'
import { useDemoRole, useSignOut } from '#web/api/account.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { Menu, MenuItem, MenuSeparator } from '#web/ui/Menu.tsx'
import { setNotifications, useNotifications, whyNoNotifications } from '#web/ui/notifications.ts'
import { tip } from '#web/ui/tip.ts'

/** Who is looking, and the way to what is about them and about others; in the demo also to being somebody else. */
export function AccountMenu({ me }: { me: Me }) {
  const signOut = useSignOut()
  const beOther = useDemoRole()
  const navigate = useNavigate()
  const notified = useNotifications()
  if (me.kind === 'screen') {
    return (
      <p className="max-md:hidden">
        <NameAndRole me={me} />
      </p>
    )
  }
  return (
    <Menu
      label="You"
      renderButton={(trigger) => (
        <button
          type="button"
          {...trigger}
          aria-label={`You: ${me.name} ${me.role}`}
          className="-mr-1 flex h-8 items-center gap-1.5 rounded-md px-1.5 text-ink-2 hover:bg-hover"
        >
          <Icon name="person" className="size-4 md:hidden" />
          <span className="max-md:hidden">
            <NameAndRole me={me} />
          </span>
          <Icon name="chevronDown" className="size-4 max-md:hidden" />
        </button>
      )}
    >
      <MenuItem icon="person" onSelect={() => void navigate({ to: '/account' })}>
        Your account
      </MenuItem>
      <MenuItem
        icon="key"
        disabledReason={whyNot(me.role, 'personList')}
        onSelect={() => void navigate({ to: '/people' })}
      >
        People
      </MenuItem>
      <MenuItem
        icon="monitor"
        disabledReason={whyNot(me.role, 'screenList')}
        onSelect={() => void navigate({ to: '/screens' })}
      >
        Screens
      </MenuItem>
      <MenuItem
        icon="alert"
        checked={notified}
        disabledReason={whyNoNotifications()}
        onSelect={() => void setNotifications(!notified)}
      >
        Notify me when a tunnel goes down
      </MenuItem>
      {me.tryRoles.length > 0 || me.maySignOut ? <MenuSeparator /> : null}
      {me.tryRoles.map((role) => (
        <MenuItem
          key={role}
          checked={role === me.role}
          onSelect={() => beOther.mutate(role, { onSuccess: () => window.location.reload() })}
        >
          Try as {role}
        </MenuItem>
      ))}
      {me.maySignOut ? (
        <MenuItem
          icon="back"
          onSelect={() =>
            signOut.mutate(undefined, { onSuccess: () => window.location.replace('/sign-in') })
          }
        >
          Sign out
        </MenuItem>
      ) : null}
    </Menu>
  )
}

function NameAndRole({ me }: { me: Me }) {
  return (
    <span className="flex flex-col text-right text-xs leading-tight">
      <bdi className="max-w-40 truncate text-ink">{me.name}</bdi>{' '}
      <span className="text-ink-3" {...tip(me.reason)}>
        {me.role}
      </span>
    </span>
  )
}

import type { Me } from '#contract/session.ts'
import { useDemoRole, useSignOut } from '#web/api/account.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { Menu, MenuItem } from '#web/ui/Menu.tsx'
import { tip } from '#web/ui/Tooltip.tsx'

/** Who is looking, and what they can do about it: go, or in the demo be somebody else. */
export function AccountMenu({ me }: { me: Me }) {
  const signOut = useSignOut()
  const beOther = useDemoRole()
  if (!me.maySignOut && me.tryRoles.length === 0) {
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
          aria-label={`You: ${me.name}, ${me.role}`}
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
      <bdi className="max-w-40 truncate text-ink">{me.name}</bdi>
      <span className="text-ink-3" {...tip(me.reason)}>
        {me.role}
      </span>
    </span>
  )
}

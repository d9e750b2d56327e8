import { memo, useMemo } from 'react'
import type { Tunnel } from '#contract/tunnel.ts'
import { keysInUse } from '#web/fleet/tags.ts'
import { Button } from '#web/ui/Button.tsx'
import { Icon } from '#web/ui/Icon.tsx'
import { Menu, MenuItem, MenuSeparator } from '#web/ui/Menu.tsx'
import { useOffers } from '#web/ui/offers.ts'
import { byStatus } from './rows.ts'

/** As many keys as can be chosen among at a glance; any other one can stand in the address. */
const mostKeys = 12

/** By what the list is put into groups: nothing, a key of its tags, the status. */
export const GroupMenu = memo(function GroupMenu({
  tunnels,
  group,
  onChange,
}: {
  tunnels: readonly Tunnel[]
  group: string | undefined
  onChange: (group: string | undefined) => void
}) {
  const keys = useMemo(
    () =>
      keysInUse(tunnels)
        .filter((key) => key !== byStatus)
        .slice(0, mostKeys),
    [tunnels],
  )
  useOffers(() =>
    [undefined, byStatus, ...keys]
      .filter((each) => each !== group)
      .map((each) => ({
        icon: 'menu',
        words: `Group by ${each ?? 'nothing'}`,
        run: () => onChange(each),
      })),
  )
  return (
    <Menu
      label="Group by"
      renderButton={(trigger) => (
        <Button {...trigger} variant="ghost" size="sm">
          <span className="text-ink-2">Group by:</span>
          <bdi>{group ?? 'nothing'}</bdi>
          <Icon name="chevronDown" className="size-3.5 text-ink-2" />
        </Button>
      )}
    >
      <MenuItem checked={group === undefined} onSelect={() => onChange(undefined)}>
        Nothing
      </MenuItem>
      <MenuItem checked={group === byStatus} onSelect={() => onChange(byStatus)}>
        Status
      </MenuItem>
      {keys.length > 0 ? <MenuSeparator /> : null}
      {keys.map((key) => (
        <MenuItem key={key} checked={group === key} onSelect={() => onChange(key)}>
          <bdi>{key}</bdi>
        </MenuItem>
      ))}
    </Menu>
  )
})

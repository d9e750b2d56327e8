import type { Screen } from '#contract/people.ts'
import { IconButton } from '#web/ui/Button.tsx'
import { Icon } from '#web/ui/Icon.tsx'
import { Menu, MenuItem } from '#web/ui/Menu.tsx'
import { Name } from '#web/ui/Name.tsx'
import { displayName } from '#web/ui/names.ts'
import { Table, Td, Th } from '#web/ui/Table.tsx'
import { NotReported, TimeAgo } from '#web/ui/TimeAgo.tsx'
import { tip } from '#web/ui/tip.ts'
import { screenActions } from './screen-actions.ts'
import type { screenDialogs } from './search.ts'
import { viewTitle } from './views.ts'

type Open = (dialog: (typeof screenDialogs)[number], screen: Screen) => void

/** One screen in a row; on a telephone the rest stands under the name. */
export function ScreensTable({ screens, onOpen }: { screens: readonly Screen[]; onOpen: Open }) {
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-panel">
      <Table caption="Screens">
        <thead className="max-sm:sr-only">
          <tr>
            <Th>Name</Th>
            <Th className="max-sm:hidden">Shows</Th>
            <Th className="max-sm:hidden">Last seen</Th>
            <Th className="max-md:hidden">From</Th>
            <Th className="max-lg:hidden">Added</Th>
            <Th className="max-md:hidden">Access ends</Th>
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {screens.map((screen) => (
            <ScreenRow key={screen.id} screen={screen} onOpen={onOpen} />
          ))}
        </tbody>
      </Table>
    </div>
  )
}

function ScreenRow({ screen, onOpen }: { screen: Screen; onOpen: Open }) {
  const { name, view, seenAt, from, addedAt, addedBy, expiresAt, isSpread } = screen
  return (
    <tr className="hover:bg-hover">
      <th scope="row" className="h-9 max-w-80 border-t border-line py-1 pr-3 pl-4 font-normal">
        <Name name={name} className="font-medium" />
        {isSpread ? <Spread /> : null}
        <span className="flex flex-wrap gap-x-3 text-sm text-ink-2 sm:hidden">
          <span className="line-clamp-2 break-words">{viewTitle(view)}</span>
          <span>
            seen <TimeAgo at={seenAt} />
          </span>
        </span>
      </th>
      <Td className="max-w-80 max-sm:hidden">
        <span className="line-clamp-2 break-words">{viewTitle(view)}</span>
      </Td>
      <Td className="max-sm:hidden">
        <TimeAgo at={seenAt} />
      </Td>
      <Td className="font-mono text-[0.93em] max-md:hidden">{from ?? <NotReported />}</Td>
      <Td className="max-w-60 max-lg:hidden">
        <TimeAgo at={addedAt} />
        <span className="text-ink-2">
          {' '}
          by <Name name={addedBy} />
        </span>
      </Td>
      <Td className="max-md:hidden">
        <TimeAgo at={expiresAt} />
      </Td>
      <Td className="w-0 text-right">
        <Menu
          label={`Actions for ${displayName(name)}`}
          renderButton={(trigger) => (
            <IconButton
              {...trigger}
              size="sm"
              label={`Actions for ${displayName(name)}`}
              icon="more"
            />
          )}
        >
          {screenActions.map(({ dialog, icon, words }) => (
            <MenuItem
              key={dialog}
              icon={icon}
              {...(dialog === 'revoke' ? { tone: 'danger' } : {})}
              onSelect={() => onOpen(dialog, screen)}
            >
              {words}
            </MenuItem>
          ))}
        </Menu>
      </Td>
    </tr>
  )
}

function Spread() {
  return (
    <span
      className="ml-2 inline-flex items-center gap-1 align-middle text-sm whitespace-nowrap text-warn"
      {...tip(
        'Within 15 minutes it was used from more than two addresses: its access may have been copied.\nIf that is not how your network works, take its access away and pair it again.',
      )}
    >
      <Icon name="alert" className="size-3.5" />
      Several addresses
    </span>
  )
}

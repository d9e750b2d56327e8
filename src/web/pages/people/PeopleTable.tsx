import type { Person, Ways } from '#contract/people.ts'
import { methodWords } from '#web/identity/words.ts'
import { IconButton } from '#web/ui/Button.tsx'
import { useClock } from '#web/ui/clock.ts'
import { Icon, type IconName } from '#web/ui/Icon.tsx'
import { Menu, MenuItem, MenuSeparator } from '#web/ui/Menu.tsx'
import { Name } from '#web/ui/Name.tsx'
import { displayName } from '#web/ui/names.ts'
import { Table, Td, Th } from '#web/ui/Table.tsx'
import { NotReported, TimeAgo } from '#web/ui/TimeAgo.tsx'
import { personActions } from './person-actions.ts'
import { type Standing, standingOf, standingWords, whyNotSeen } from './rows.ts'
import type { PersonDialog } from './search.ts'

type Open = (dialog: PersonDialog, person: Person) => void

/** Everybody, one in a row; on a telephone the rest stands under the name. */
export function PeopleTable({
  people,
  meId,
  ways,
  onOpen,
}: {
  people: readonly Person[]
  meId: string
  ways: Ways
  onOpen: Open
}) {
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-panel">
      <Table caption="People">
        <thead className="max-sm:sr-only">
          <tr>
            <Th>Name</Th>
            <Th className="max-sm:hidden">Role</Th>
            <Th className="max-sm:hidden">State</Th>
            <Th className="max-md:hidden">Signs in with</Th>
            <Th className="max-md:hidden">Second factor</Th>
            <Th className="max-lg:hidden">Last sign-in</Th>
            <Th className="max-lg:hidden">Last seen</Th>
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {people.map((person) => (
            <PersonRow
              key={person.id}
              person={person}
              isMe={meId === `person:${person.id}`}
              ways={ways}
              onOpen={onOpen}
            />
          ))}
        </tbody>
      </Table>
    </div>
  )
}

function PersonRow({
  person,
  isMe,
  ways,
  onOpen,
}: {
  person: Person
  isMe: boolean
  ways: Ways
  onOpen: Open
}) {
  const { name, role, method, hasSecondFactor, signedInAt, seenAt } = person
  const unseen = whyNotSeen(person)
  const standing = useClock((now) => standingOf(person, now))
  return (
    <tr className="hover:bg-hover">
      <th scope="row" className="h-9 max-w-100 border-t border-line py-1 pr-3 pl-4 font-normal">
        <span className="flex flex-wrap items-baseline gap-x-2">
          <Name
            name={name}
            className={`font-medium ${standing === 'disabled' ? 'text-ink-2' : ''}`}
          />
          {isMe ? (
            <span className="rounded-sm bg-accent-soft px-1.5 text-xs text-accent-text">You</span>
          ) : null}
        </span>
        <span className="flex flex-wrap items-center gap-x-3 text-sm text-ink-2 sm:hidden">
          <span>{role}</span>
          <StandingMark standing={standing} />
        </span>
      </th>
      <Td className="max-sm:hidden">{role}</Td>
      <Td className="max-sm:hidden">
        <StandingMark standing={standing} />
      </Td>
      <Td className="max-md:hidden">{methodWords[method]}</Td>
      <Td className="max-md:hidden">
        {method === 'local' ? (
          <span className="inline-flex items-center gap-1.5 align-middle">
            <Icon
              name={hasSecondFactor ? 'check' : 'minus'}
              className={`size-4 ${hasSecondFactor ? 'text-good' : 'text-ink-3'}`}
            />
            {hasSecondFactor ? 'On' : <span className="text-ink-2">Off</span>}
          </span>
        ) : (
          <NotReported why="Where this person signs in decides" />
        )}
      </Td>
      <Td className="max-lg:hidden">
        <TimeAgo at={signedInAt} none="never" />
      </Td>
      <Td className="max-lg:hidden">
        {unseen === null ? (
          <TimeAgo at={seenAt} none="not signed in" />
        ) : (
          <NotReported why={unseen} />
        )}
      </Td>
      <Td className="w-0 text-right">
        <PersonMenu person={person} ways={ways} onOpen={onOpen} />
      </Td>
    </tr>
  )
}

const marks: Record<Standing, [icon: IconName, ink: string]> = {
  active: ['check', 'text-good'],
  invited: ['clock', 'text-accent-text'],
  unreachable: ['alert', 'text-warn'],
  disabled: ['minus', 'text-ink-3'],
}

function StandingMark({ standing }: { standing: Standing }) {
  const [icon, ink] = marks[standing]
  return (
    <span className="inline-flex items-center gap-1.5 align-middle whitespace-nowrap">
      <Icon name={icon} className={`size-4 ${ink}`} />
      {standingWords[standing]}
    </span>
  )
}

function PersonMenu({ person, ways, onOpen }: { person: Person; ways: Ways; onOpen: Open }) {
  const name = displayName(person.name)
  const actions = personActions(person, ways)
  const items = (isGrave: boolean) =>
    actions
      .filter((each) => isGrave === (each.isGrave === true))
      .map(({ dialog, icon, words, reason = null }) => (
        <MenuItem
          key={dialog}
          icon={icon}
          {...(dialog === 'remove' ? { tone: 'danger' } : {})}
          disabledReason={reason}
          onSelect={() => onOpen(dialog, person)}
        >
          {words}
        </MenuItem>
      ))
  return (
    <Menu
      label={`Actions for ${name}`}
      renderButton={(trigger) => (
        <IconButton {...trigger} size="sm" label={`Actions for ${name}`} icon="more" />
      )}
    >
      {items(false)}
      <MenuSeparator />
      {items(true)}
    </Menu>
  )
}

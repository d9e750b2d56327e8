import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { type Person, type Ways, whyNotInvite } from '#contract/people.ts'
import { useAddressText } from '#web/api/address-text.ts'
import { toProblem } from '#web/api/client.ts'
import { useDialogAddress } from '#web/api/dialog-address.ts'
import { useWhyNot } from '#web/api/operations.ts'
import { peopleQuery } from '#web/api/people.ts'
import { sessionQuery } from '#web/api/queries.ts'
import { NobodySignsIn } from '#web/identity/NobodySignsIn.tsx'
import { Button } from '#web/ui/Button.tsx'
import { serverNow } from '#web/ui/clock.ts'
import { EmptyState } from '#web/ui/EmptyState.tsx'
import { Input } from '#web/ui/Field.tsx'
import { useOffers } from '#web/ui/offers.ts'
import { ProblemCallout } from '#web/ui/ProblemCallout.tsx'
import { usePageTitle } from '#web/ui/page-title.ts'
import { Skeleton } from '#web/ui/Skeleton.tsx'
import { InviteDialog } from './InviteDialog.tsx'
import { NewLinkDialog } from './NewLinkDialog.tsx'
import { OpenInvitations } from './OpenInvitations.tsx'
import { PeopleTable } from './PeopleTable.tsx'
import { PersonSessionsDialog } from './PersonSessionsDialog.tsx'
import { personActions } from './person-actions.ts'
import { RemovePersonDialog } from './RemovePersonDialog.tsx'
import { RoleDialog } from './RoleDialog.tsx'
import { findPeople } from './rows.ts'
import { SwitchDialog } from './SwitchDialog.tsx'
import type { PeopleSearch, PersonDialog } from './search.ts'
import { TakeBackDialog } from './TakeBackDialog.tsx'

const route = getRouteApi('/people')
/** A handful is read faster than searched. */
const searchFrom = 8

/** Who may come in, with which role, and how that is changed. */
export function PeoplePage() {
  usePageTitle('People')
  const { data: session } = useSuspenseQuery(sessionQuery)
  const reason = useWhyNot('personList')
  const { me } = session
  if (reason !== null || !me) {
    return (
      <EmptyState level="h1" title="Your role can’t manage people">
        {reason}
      </EmptyState>
    )
  }
  return me.kind === 'person' ? (
    <People meId={me.id} ways={session.signIn.methods} />
  ) : (
    <NobodySignsIn me={me} />
  )
}

function People({ meId, ways }: { meId: string; ways: Ways }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { data: people, error, refetch } = useQuery(peopleQuery)
  const { q, dialog } = search
  const { open, turn, close } = useDialogAddress<PeopleSearch>(dialog)
  const openAbout = (next: PeopleSearch['dialog'], person: Person) =>
    open({ dialog: next, person: person.id })
  useOffers(() =>
    (people ?? []).flatMap((person) =>
      personActions(person, ways).map(({ icon, words, reason = null, dialog: next }) => ({
        icon,
        words,
        about: person.name,
        also: 'person people',
        reason,
        // A dialog that lies there gives way.
        run: () => (dialog ? turn : open)({ dialog: next, person: person.id }),
      })),
    ),
  )
  const query = useAddressText(
    q,
    (next) =>
      void navigate({
        search: (old) => ({ ...old, q: next }),
        replace: true,
        resetScroll: false,
      }),
  )
  const person = people?.find(({ id }) => id === search.person)
  const found = people && findPeople(people, query.text, serverNow())
  const words = query.text.trim()
  return (
    <div className="mx-auto flex max-w-360 flex-col gap-4 px-3 pt-4 pb-12 sm:px-6">
      <div className="flex flex-wrap items-center gap-3">
        <h1 className="text-xl font-semibold">People</h1>
        {people ? <p className="text-ink-2">{countWords(people)}</p> : null}
        <div className="flex-1" />
        {people && (people.length >= searchFrom || query.text !== '') ? (
          <Input
            type="search"
            aria-label="Name, role or state"
            placeholder="Name, role or state"
            maxLength={100}
            value={query.text}
            className="h-8! max-w-56 max-sm:max-w-none"
            onChange={({ target }) => query.change(target.value)}
            onBlur={query.settle}
          />
        ) : null}
        <Button
          variant="primary"
          icon="plus"
          disabledReason={whyNotInvite(ways)}
          onClick={() => open({ dialog: 'invite' })}
        >
          Invite a person
        </Button>
      </div>
      {error ? <ProblemCallout problem={toProblem(error)} onRetry={() => void refetch()} /> : null}
      {people ? <OpenInvitations people={people} onOpen={openAbout} /> : null}
      {found && found.length > 0 ? (
        <PeopleTable people={found} meId={meId} ways={ways} onOpen={openAbout} />
      ) : found ? (
        <div className="rounded-lg border border-line bg-panel">
          <EmptyState
            title={words ? `Nobody matches “${words}”` : 'Nobody yet'}
            action={words ? <Button onClick={() => query.change('')}>Show everybody</Button> : null}
          >
            {words
              ? 'No name, role or state has all of these words.'
              : 'Invite the first person, or let people in by your organisation’s sign-in.'}
          </EmptyState>
        </div>
      ) : error ? null : (
        <div className="flex flex-col gap-2 rounded-lg border border-line bg-panel p-4">
          <p className="sr-only">Loading</p>
          {['a', 'b', 'c', 'd'].map((key) => (
            <Skeleton key={key} className="h-6" />
          ))}
        </div>
      )}
      {dialog === 'invite' ? <InviteDialog ways={ways} onClose={close} /> : null}
      {person && dialog && dialog !== 'invite' ? (
        <PersonDialogs
          key={person.id}
          dialog={dialog}
          person={person}
          isMe={meId === `person:${person.id}`}
          ways={ways}
          onClose={close}
        />
      ) : null}
    </div>
  )
}

function PersonDialogs({
  dialog,
  ...props
}: {
  dialog: PersonDialog
  person: Person
  isMe: boolean
  ways: Ways
  onClose: () => void
}) {
  switch (dialog) {
    case 'role':
      return <RoleDialog {...props} />
    case 'sessions':
      return <PersonSessionsDialog {...props} />
    case 'link':
      return <NewLinkDialog {...props} />
    case 'take-back':
      return <TakeBackDialog {...props} />
    case 'off':
    case 'on':
      return <SwitchDialog to={dialog} {...props} />
    case 'remove':
      return <RemovePersonDialog {...props} />
    default:
      return dialog satisfies never
  }
}

function countWords(people: readonly Person[]): string {
  const admins = people.filter(({ role, state }) => role === 'admin' && state === 'active').length
  const all = people.length === 1 ? '1 person' : `${people.length} people`
  return `${all}, ${admins === 1 ? '1 active admin' : `${admins} active admins`}`
}

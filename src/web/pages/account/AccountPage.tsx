import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { type Account, personRoles } from '#contract/people.ts'
import type { Me } from '#contract/session.ts'
import { toProblem } from '#web/api/client.ts'
import { useDialogAddress } from '#web/api/dialog-address.ts'
import { accountQuery } from '#web/api/me.ts'
import { sessionQuery } from '#web/api/queries.ts'
import { NobodySignsIn } from '#web/identity/NobodySignsIn.tsx'
import { methodWords, roleMeanings } from '#web/identity/words.ts'
import { Button } from '#web/ui/Button.tsx'
import { Icon } from '#web/ui/Icon.tsx'
import { Name } from '#web/ui/Name.tsx'
import { Fact, Facts, Panel } from '#web/ui/Panel.tsx'
import { ProblemCallout } from '#web/ui/ProblemCallout.tsx'
import { usePageTitle } from '#web/ui/page-title.ts'
import { TimeAgo } from '#web/ui/TimeAgo.tsx'
import { EndOthersDialog } from './EndOthersDialog.tsx'
import { OwnSessionsPanel } from './OwnSessionsPanel.tsx'
import { PasswordDialog } from './PasswordDialog.tsx'
import { SecondFactorDialog } from './SecondFactorDialog.tsx'
import { SecondFactorOffDialog } from './SecondFactorOffDialog.tsx'
import type { AccountSearch } from './search.ts'

const route = getRouteApi('/account')

/** One's own account: who vouches for it, where it is open, and what proves it. */
export function AccountPage() {
  usePageTitle('Your account')
  const { data: session } = useSuspenseQuery(sessionQuery)
  const { me } = session
  if (!me) return null
  return me.kind === 'person' ? <Own me={me} /> : <NobodySignsIn me={me} />
}

function Own({ me }: { me: Me }) {
  const { dialog } = route.useSearch()
  const query = useQuery(accountQuery)
  const { open, close } = useDialogAddress<AccountSearch>(dialog)
  const account = query.data
  const isLocal = me.method === 'local'
  return (
    <div className="mx-auto flex max-w-240 flex-col gap-4 px-3 pt-4 pb-12 sm:px-6">
      <h1 className="text-xl font-semibold">Your account</h1>
      {query.error ? (
        <ProblemCallout problem={toProblem(query.error)} onRetry={() => void query.refetch()} />
      ) : null}
      <Panel title="You">
        <Facts>
          <Fact name="Name">
            <Name name={me.name} className="font-medium" />
          </Fact>
          <Fact name="Role">
            <span className="font-medium">{me.role}</span>
            <span className="block text-ink-2">{roleMeaning(me.role)}</span>
          </Fact>
          <Fact name="Signs in with">{vouching[me.method] ?? methodWords[me.method]}</Fact>
          <Fact name="Last sign-in">
            <TimeAgo at={me.signedInAt} />
          </Fact>
        </Facts>
      </Panel>
      {isLocal && (account || !query.error) ? <Proofs account={account} onOpen={open} /> : null}
      <OwnSessionsPanel me={me} onEndOthers={() => open({ dialog: 'others' })} />
      {dialog === 'others' ? <EndOthersDialog isLocal={isLocal} onClose={close} /> : null}
      {isLocal && dialog === 'password' ? <PasswordDialog name={me.name} onClose={close} /> : null}
      {isLocal && dialog === 'second-factor' ? <SecondFactorDialog onClose={close} /> : null}
      {isLocal && dialog === 'second-factor-off' ? <SecondFactorOffDialog onClose={close} /> : null}
    </div>
  )
}

const vouching: Partial<Record<Me['method'], string>> = {
  local: 'A password here',
  access:
    'Cloudflare Access, which stands in front of this Tandem. Password, second factor and role are kept there.',
  oidc: 'Your organisation’s sign-in. Password, second factor and role are kept there.',
}

const roleMeaning = (role: Me['role']) => {
  const known = personRoles.find((each) => each === role)
  return known ? roleMeanings[known] : null
}

/** What proves that it is you: the password, and the second factor. */
function Proofs({
  account,
  onOpen,
}: {
  /** Not there yet: the panels keep their room. */
  account: Account | undefined
  onOpen: (next: AccountSearch) => void
}) {
  const loading = account ? null : 'Still loading'
  const hasSecondFactor = account?.hasSecondFactor === true
  return (
    <div className="grid gap-4 md:grid-cols-2">
      <Panel
        title="Password"
        aside={
          <Button size="sm" disabledReason={loading} onClick={() => onOpen({ dialog: 'password' })}>
            Change password
          </Button>
        }
      >
        <p className="text-ink-2">
          {account?.passwordAt === null ? (
            'None is set.'
          ) : (
            <>
              Set <TimeAgo at={account?.passwordAt ?? null} />. Change it when somebody else may
              know it, not by the calendar.
            </>
          )}
        </p>
      </Panel>
      <Panel
        title="Second factor"
        aside={
          <Button
            size="sm"
            disabledReason={loading}
            onClick={() =>
              onOpen({ dialog: hasSecondFactor ? 'second-factor-off' : 'second-factor' })
            }
          >
            {hasSecondFactor ? 'Turn off' : 'Turn on'}
          </Button>
        }
      >
        <p className="flex items-start gap-2">
          <Icon
            name={hasSecondFactor ? 'check' : 'minus'}
            className={`mt-0.5 size-4 ${hasSecondFactor ? 'text-good' : 'text-ink-3'}`}
          />
          <span>
            {hasSecondFactor ? 'On' : account ? 'Off' : '…'}
            <span className="block text-ink-2">
              {hasSecondFactor
                ? 'Signing in also takes a code of your authenticator app.'
                : 'With it, a stolen password alone opens nothing.'}
            </span>
          </span>
        </p>
      </Panel>
    </div>
  )
}

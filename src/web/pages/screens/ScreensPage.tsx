import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { Screen } from '#contract/people.ts'
import { toProblem } from '#web/api/client.ts'
import { useDialogAddress } from '#web/api/dialog-address.ts'
import { useWhyNot } from '#web/api/operations.ts'
import { sessionQuery } from '#web/api/queries.ts'
import { screensQuery } from '#web/api/screens.ts'
import { NobodySignsIn } from '#web/identity/NobodySignsIn.tsx'
import { Button } from '#web/ui/Button.tsx'
import { EmptyState } from '#web/ui/EmptyState.tsx'
import { Icon } from '#web/ui/Icon.tsx'
import { useOffers } from '#web/ui/offers.ts'
import { ProblemCallout } from '#web/ui/ProblemCallout.tsx'
import { usePageTitle } from '#web/ui/page-title.ts'
import { Skeleton } from '#web/ui/Skeleton.tsx'
import { MakeLinkDialog } from './MakeLinkDialog.tsx'
import { PairDialog } from './PairDialog.tsx'
import { RenameScreenDialog } from './RenameScreenDialog.tsx'
import { RevokeScreenDialog } from './RevokeScreenDialog.tsx'
import { ScreensTable } from './ScreensTable.tsx'
import { screenActions } from './screen-actions.ts'
import { codeOf, type ScreensSearch } from './search.ts'

const route = getRouteApi('/screens')

/** The screens that may look, and how one gets and loses its access. */
export function ScreensPage() {
  usePageTitle('Screens')
  const { data: session } = useSuspenseQuery(sessionQuery)
  const reason = useWhyNot('screenList')
  const { me } = session
  if (reason !== null || !me) {
    return (
      <EmptyState level="h1" title="Your role can’t manage screens">
        {reason}
      </EmptyState>
    )
  }
  return me.kind === 'person' ? <Screens /> : <NobodySignsIn me={me} />
}

function Screens() {
  const search = route.useSearch()
  const { dialog } = search
  const navigate = route.useNavigate()
  const { data: screens, error, refetch } = useQuery(screensQuery)
  // Whoever scans the QR code of a screen comes with its code.
  const [code, setCode] = useState(() => codeOf(window.location.hash))
  useEffect(() => {
    if (code) void navigate({ search: { dialog: 'pair' }, hash: '', replace: true })
  }, [code, navigate])
  // It was that screen’s, whatever became of it.
  useEffect(() => (dialog === 'pair' ? () => setCode('') : undefined), [dialog])
  const { open, turn, close } = useDialogAddress<ScreensSearch>(dialog)
  const openAbout = (next: ScreensSearch['dialog'], { id }: Screen) =>
    open({ dialog: next, screen: id })
  useOffers(() =>
    (screens ?? []).flatMap(({ id, name }) =>
      screenActions.map(({ dialog: next, icon, words }) => ({
        icon,
        words,
        about: name,
        also: 'screen',
        // A dialog that lies there gives way.
        run: () => (dialog ? turn : open)({ dialog: next, screen: id }),
      })),
    ),
  )
  const screen = screens?.find(({ id }) => id === search.screen)
  const ways = (
    <>
      <Button icon="key" onClick={() => open({ dialog: 'link' })}>
        Make a one-time link
      </Button>
      <Button variant="primary" icon="monitor" onClick={() => open({ dialog: 'pair' })}>
        Pair a screen
      </Button>
    </>
  )
  const isEmpty = screens?.length === 0
  return (
    <div className="mx-auto flex max-w-360 flex-col gap-4 px-3 pt-4 pb-12 sm:px-6">
      <div className="flex flex-wrap items-center gap-3">
        <h1 className="text-xl font-semibold">Screens</h1>
        <div className="flex-1" />
        {isEmpty ? null : <div className="flex flex-wrap gap-2">{ways}</div>}
      </div>
      {error ? <ProblemCallout problem={toProblem(error)} onRetry={() => void refetch()} /> : null}
      {isEmpty ? (
        <div className="rounded-lg border border-line bg-panel">
          <EmptyState
            title="No screen has access yet"
            picture={<Icon name="monitor" className="size-9" />}
            action={ways}
          >
            A screen on a wall looks without anybody being signed in on it. Open{' '}
            <span className="font-mono break-all text-ink">{window.location.host}/screen</span> on
            it and approve the code that it shows, or open a one-time link on it where nobody can
            read or type.
          </EmptyState>
        </div>
      ) : screens ? (
        <ScreensTable screens={screens} onOpen={openAbout} />
      ) : error ? null : (
        <div className="flex flex-col gap-2 rounded-lg border border-line bg-panel p-4">
          <p className="sr-only">Loading</p>
          <Skeleton className="h-6" />
          <Skeleton className="h-6" />
        </div>
      )}
      {dialog === 'pair' ? <PairDialog code={code} view={search.view} onClose={close} /> : null}
      {dialog === 'link' ? <MakeLinkDialog view={search.view} onClose={close} /> : null}
      {screen && dialog === 'rename' ? (
        <RenameScreenDialog screen={screen} onClose={close} />
      ) : null}
      {screen && dialog === 'revoke' ? (
        <RevokeScreenDialog screen={screen} onClose={close} />
      ) : null}
    </div>
  )
}

import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { useWhyNot } from '#web/api/operations.ts'
import {
  type AuditSearch,
  auditQuery,
  auditSearch,
  toAuditAddress,
  toAuditSearch,
} from '#web/log/audit-address.ts'
import { Exports } from '#web/log/Exports.tsx'
import { LogView } from '#web/log/LogView.tsx'
import { Button } from '#web/ui/Button.tsx'
import { EmptyState } from '#web/ui/EmptyState.tsx'
import { usePageTitle } from '#web/ui/page-title.ts'
import { AuditFilters } from './AuditFilters.tsx'
import { AuditRow } from './AuditRow.tsx'
import { ChainLine } from './ChainLine.tsx'

const route = getRouteApi('/audit')

/** What people did, newest first: filtered, checked against tampering, and to take away. */
export function AuditPage() {
  usePageTitle('Audit')
  const reason = useWhyNot('auditList')
  if (reason !== null) {
    return (
      <EmptyState level="h1" title="Your role can’t see this record">
        {reason}
      </EmptyState>
    )
  }
  return <Audit />
}

function Audit() {
  const address = route.useSearch()
  const search = useMemo(() => toAuditSearch(address), [address])
  const navigate = route.useNavigate()
  const isAdmin = useWhyNot('auditChain') === null
  const query = useInfiniteQuery(auditQuery(search))
  const entries = useMemo(
    () =>
      query.data?.pages.flatMap(({ records }) =>
        records.map((record) => ({ id: String(record.seq), at: record.at, record })),
      ) ?? [],
    [query.data],
  )
  const change = useCallback(
    (next: Partial<AuditSearch>) =>
      void navigate({
        search: (old) => toAuditAddress({ ...toAuditSearch(old), ...next }),
        // What is typed comes a letter at a time.
        replace: 'who' in next,
        resetScroll: false,
      }),
    [navigate],
  )
  const clear = () => void navigate({ search: {}, resetScroll: false })
  const isFiltered = Boolean(search.who ?? search.what ?? search.tunnel ?? search.range)

  return (
    <div className="mx-auto flex max-w-360 flex-col gap-3 px-3 pt-4 pb-12 sm:px-6">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-xl font-semibold">{isAdmin ? 'Audit' : 'Your own actions'}</h1>
        <Exports path="/api/audit" query={auditSearch(search)} />
      </div>
      {isAdmin ? (
        <ChainLine />
      ) : (
        <p className="text-sm text-ink-2">Everybody’s actions are shown to admins.</p>
      )}
      <AuditFilters
        search={search}
        mayChooseWho={isAdmin}
        onChange={change}
        onClear={isFiltered ? clear : null}
      />
      <LogView
        key={JSON.stringify(search)}
        query={query}
        entries={entries}
        rowPx={62}
        renderEntry={({ record }, zone) => <AuditRow record={record} zone={zone} />}
        isOfStretch={search.range !== undefined}
        empty={
          isFiltered ? (
            <EmptyState
              title="Nobody did anything like that"
              action={<Button onClick={clear}>Clear filters</Button>}
            >
              No record is of this person, of this tunnel, of these kinds and of this time.
            </EmptyState>
          ) : (
            <EmptyState title="Nobody has done anything yet">
              Every sign-in and every change is written down here before it is done. Records are
              never changed or forgotten.
            </EmptyState>
          )
        }
      />
    </div>
  )
}

/* oxlint-disable jsx-a11y/prefer-tag-over-role -- a combobox's list is no datalist: its options hold marks and reasons */
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { useCheckedAt, useStatusAt } from '#web/api/ages.ts'
import { connectorsFoundQuery } from '#web/api/found.ts'
import { tunnelsQuery } from '#web/api/queries.ts'
import { useModal } from '#web/ui/Dialog.tsx'
import { Icon } from '#web/ui/Icon.tsx'
import { Kbd } from '#web/ui/Kbd.tsx'
import { Name } from '#web/ui/Name.tsx'
import { shortId } from '#web/ui/names.ts'
import { manyText } from '#web/ui/numbers.ts'
import { roleLooks } from '#web/ui/RoleMark.tsx'
import { RoleShape } from '#web/ui/RoleShape.tsx'
import { StatusShape, statusLooks } from '#web/ui/StatusMark.tsx'
import { keysText } from '#web/ui/shortcuts.ts'
import { useStale } from '#web/ui/TimeAgo.tsx'
import type { Action } from './action.ts'
import { useActions } from './actions.tsx'
import { type Found, find, findables } from './find.ts'

const groups = [
  'Tunnels and connectors',
  'This tunnel',
  'A tunnel',
  'This page',
  'Go to',
  'Everywhere',
] as const

type Choice = {
  id: string
  group: (typeof groups)[number]
  line: ReactNode
  aside?: ReactNode
  disabledReason?: string | null
  run: () => void
}

/** One field that finds everything: tunnels, connectors, actions. Enter does the marked one. */
export function Palette({
  words,
  rowId,
  onClose,
  onHelp,
}: {
  /** What it looks for to begin with. */
  words: string
  /** The tunnel whose row had the focus. */
  rowId: string | null
  onClose: () => void
  onHelp: () => void
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  const listId = useId()
  const [query, setQuery] = useState(words)
  // By its id: what is found late must slide no other one under Enter.
  const [marked, setMarked] = useState<string | null>(null)
  const found = useFound(query)
  const actionsBy = useActions(rowId, onHelp)
  useModal(dialog)

  const choices = useMemo(() => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean)
    const all = [...found, ...actionsBy(words).map(toChoice)]
    return all.toSorted((a, b) => groups.indexOf(a.group) - groups.indexOf(b.group))
  }, [found, actionsBy, query])
  const at = Math.max(
    0,
    choices.findIndex(({ id }) => id === marked),
  )
  const current = choices[at]
  // The first one too, of which nobody chose another.
  if (current && current.id !== marked) setMarked(current.id)
  // What is found late may push it out of sight.
  useEffect(() => {
    document.getElementById(`${listId}-${at}`)?.scrollIntoView({ block: 'nearest' })
  }, [listId, at])

  const run = (choice: Choice | undefined) => {
    if (!choice || choice.disabledReason) return
    // Gone before anything is done: below a modal dialog nothing takes the focus.
    flushSync(onClose)
    choice.run()
  }
  const move = (by: number) => {
    const next = (at + by + choices.length) % Math.max(1, choices.length)
    setMarked(choices[next]?.id ?? null)
  }

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the backdrop closes it, as Escape does
    <dialog
      ref={dialog}
      aria-label="Find anything"
      className="m-auto mt-[12vh] max-h-[70dvh] w-[calc(100%-1.5rem)] max-w-160 animate-in overflow-hidden rounded-lg bg-overlay text-ink shadow-overlay"
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget) onClose()
      }}
    >
      <div className="flex max-h-[70dvh] flex-col">
        <div className="flex items-center gap-3 border-b border-line px-4">
          <Icon name="search" className="size-4.5 text-ink-2" />
          <input
            role="combobox"
            aria-expanded="true"
            aria-controls={listId}
            aria-activedescendant={current ? `${listId}-${at}` : undefined}
            aria-autocomplete="list"
            aria-label="Tunnel, connector, address, colo or action"
            placeholder="Tunnel, connector, IP, colo or action"
            autoComplete="off"
            spellCheck={false}
            // biome-ignore lint: the field is what the dialog is for
            autoFocus
            value={query}
            onChange={(event) => {
              setQuery(event.target.value)
              setMarked(null)
            }}
            onKeyDown={(event) => {
              // The keys of an input method choose and end words.
              if (event.nativeEvent.isComposing) return
              if (event.key === 'ArrowDown') move(1)
              else if (event.key === 'ArrowUp') move(-1)
              else if (event.key === 'Enter') run(current)
              else return
              event.preventDefault()
            }}
            className="h-13 min-w-0 flex-1 bg-transparent text-lg outline-none"
          />
          <span className="max-sm:hidden">
            <Kbd>Esc</Kbd>
          </span>
        </div>
        <div id={listId} role="listbox" aria-label="Results" className="overflow-y-auto p-2">
          {groups.map((group) =>
            choices.some((choice) => choice.group === group) ? (
              <div key={group} role="group" aria-label={group}>
                <p aria-hidden="true" className="px-2.5 pt-2 pb-1 text-xs text-ink-3">
                  {group}
                </p>
                {choices.map((choice, index) =>
                  choice.group === group ? (
                    <div
                      key={choice.id}
                      id={`${listId}-${index}`}
                      role="option"
                      tabIndex={-1}
                      aria-selected={index === at}
                      aria-disabled={choice.disabledReason ? true : undefined}
                      onPointerMove={() => setMarked(choice.id)}
                      onClick={() => run(choice)}
                      onKeyDown={() => undefined}
                      className="flex min-h-9 cursor-pointer flex-wrap items-center gap-x-2.5 rounded-md px-2.5 py-1 aria-disabled:cursor-not-allowed aria-disabled:text-ink-3 aria-selected:bg-accent-soft"
                    >
                      <span className="flex min-w-0 flex-1 basis-60 items-center gap-2.5">
                        {choice.line}
                      </span>
                      {choice.disabledReason ? (
                        <span className="min-w-0 text-sm text-ink-2 max-sm:pl-6.5 sm:text-right">
                          {choice.disabledReason}
                        </span>
                      ) : (
                        <span className="shrink-0 text-sm text-ink-2 max-sm:hidden">
                          {choice.aside}
                        </span>
                      )}
                    </div>
                  ) : null,
                )}
              </div>
            ) : null,
          )}
        </div>
        {choices.length === 0 ? (
          <p className="px-4 pb-6 text-center text-ink-2">Nothing matches “{query}”.</p>
        ) : null}
        <output className="sr-only">{query ? manyText(choices.length, 'result') : ''}</output>
      </div>
    </dialog>
  )
}

const toChoice = ({ id, group, icon, line, keys, disabledReason, run }: Action): Choice => ({
  id,
  group,
  line: (
    <>
      <Icon name={icon} className="size-4 text-ink-2" />
      {line}
    </>
  ),
  aside: keys ? (
    <span className="flex gap-1">
      {keysText(keys).map((key) => (
        <Kbd key={key}>{key}</Kbd>
      ))}
    </span>
  ) : null,
  disabledReason,
  run,
})

function useFound(query: string): Choice[] {
  const navigate = useNavigate()
  const { data } = useQuery(tunnelsQuery)
  const { data: found } = useQuery(connectorsFoundQuery(query))
  const entries = useMemo(
    () => findables(data?.tunnels ?? [], found?.connectors ?? []),
    [data, found],
  )
  return useMemo(
    () =>
      find(entries, query, 40).map((found) => ({
        id: found.id,
        group: 'Tunnels and connectors',
        line: found.kind === 'tunnel' ? <TunnelLine {...found} /> : <ConnectorLine {...found} />,
        aside: found.kind === 'tunnel' ? shortId(found.id) : found.details,
        run: () =>
          void (found.kind === 'tunnel'
            ? navigate({ to: '/tunnels/$tunnelId', params: { tunnelId: found.tunnel.id } })
            : navigate({
                to: '/tunnels/$tunnelId/connectors/$connectorId',
                params: { tunnelId: found.tunnel.id, connectorId: found.connectorId },
              })),
      })),
    [entries, query, navigate],
  )
}

/** In the room of an icon, so that all names begin at one line. */
const shapeClass = 'mx-0.5 size-3'

type Of<Kind> = Extract<Found, { kind: Kind }>

function TunnelLine({ tunnel }: Of<'tunnel'>) {
  const stale = useStale(useStatusAt(tunnel), tunnel.staleAfterMs)
  return (
    <>
      <StatusShape status={tunnel.status} stale={stale} className={shapeClass} />
      <Name name={tunnel.name} className="truncate" />
      <Word text={tunnel.statusReported ?? statusLooks[tunnel.status].word} stale={stale} />
    </>
  )
}

function ConnectorLine({ tunnel, connectorId, role, roleReported }: Of<'connector'>) {
  const stale = useStale(useCheckedAt(tunnel), tunnel.staleAfterMs)
  const look = roleLooks[role]
  return (
    <>
      <RoleShape role={role} className={`${shapeClass} ${stale ? 'text-unknown' : look.ink}`} />
      <span className="font-mono">{shortId(connectorId)}</span>
      <span className="truncate text-ink-2">
        of <Name name={tunnel.name} />
      </span>
      <Word text={roleReported ?? look.word} stale={stale} />
    </>
  )
}

/** What the shape before the name means: quiet beside it, and the only one of the two that is read out. */
const Word = ({ text, stale }: { text: string; stale: boolean }) => (
  <span className="shrink-0 text-sm text-ink-2">
    {text}
    {stale ? <span className="sr-only"> (stale)</span> : null}
  </span>
)

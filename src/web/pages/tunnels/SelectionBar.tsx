import { Link, useNavigate } from '@tanstack/react-router'
import { useRef, useSyncExternalStore } from 'react'
import { mostTunnels } from '#contract/most-tunnels.ts'
import type { Tunnel } from '#contract/tunnel.ts'
import { checkedAtOf, statusAtOf } from '#web/api/ages.ts'
import type { TunnelsSearch } from '#web/router.tsx'
import { Button, buttonClass, IconButton } from '#web/ui/Button.tsx'
import { useCopy } from '#web/ui/CopyId.tsx'
import { serverNow } from '#web/ui/clock.ts'
import { download } from '#web/ui/download.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { countText } from '#web/ui/numbers.ts'
import { useOffers } from '#web/ui/offers.ts'
import { useShortcut } from '#web/ui/shortcuts.ts'
import { type AsText, toCsv, toMarkdown } from './as-text.ts'
import { grouped } from './groups.ts'
import { listLook } from './look.ts'
import { type Figures, tunnelsOf } from './rows.ts'
import { useSelection } from './use-selection.ts'

/** What can be done with the rows that are selected. It lies over the page, so that nothing moves for it. */
export function SelectionBar({
  tunnels,
  rows,
  search: { group, closed },
  figures,
}: {
  /** All of them, in the order of the list. */
  tunnels: readonly Tunnel[]
  /** Those of them that the filters leave, and what they are grouped by; those of a closed group are not shown. */
  rows: readonly Tunnel[]
  search: Pick<TunnelsSearch, 'group' | 'closed'>
  figures: Figures
}) {
  const { subscribe, ids, clear } = useSelection()
  const selected = useSyncExternalStore(subscribe, ids)
  const navigate = useNavigate()
  const bar = useRef<HTMLElement>(null)
  const shown = group ? tunnelsOf(grouped(rows, group, closed)) : rows
  const hidden = selected.size - shown.filter(({ id }) => selected.has(id)).length

  const selectNone = () => {
    // The focus goes back to the rows before what holds it is gone.
    if (bar.current?.contains(document.activeElement))
      document.querySelector<HTMLElement>('[data-row][tabindex="0"]')?.focus()
    clear()
  }
  useShortcut('selectNone', selectNone)

  const asText = (): AsText => {
    const now = serverNow()
    return {
      tunnels: tunnels
        .filter(({ id }) => selected.has(id))
        .map((tunnel) => ({ ...tunnel, checkedAt: checkedAtOf(tunnel) })),
      hidden: listLook.read().hidden,
      figures,
      isStale: (tunnel) => now - (statusAtOf(tunnel) ?? 0) > tunnel.staleAfterMs,
    }
  }

  const markdown = useCopy()
  const csv = useCopy()
  const copyMarkdown = () => markdown.copy(toMarkdown(asText(), window.location.origin))
  const copyCsv = () => csv.copy(toCsv(asText()))
  const downloadCsv = () => downloadText(toCsv(asText()))
  const noWall =
    selected.size > mostTunnels
      ? `A wall can list at most ${mostTunnels} tunnels; use filters instead`
      : null
  useOffers(() => {
    const also = 'selected tunnels selection'
    return [
      { icon: 'copy', words: 'Copy the selected as Markdown', also, run: copyMarkdown },
      { icon: 'copy', words: 'Copy the selected as CSV', also, run: copyCsv },
      { icon: 'download', words: 'Download the selected as CSV', also, run: downloadCsv },
      {
        icon: 'monitor',
        words: 'Build a wall of the selected',
        also,
        reason: noWall,
        run: () => void navigate({ to: '/wall/build', search: { tunnel: [...selected] } }),
      },
    ]
  })

  return (
    <div
      data-dock
      className="pointer-events-none fixed inset-x-0 bottom-0 z-10 flex justify-center p-3 max-md:hidden print:hidden"
    >
      <section
        ref={bar}
        aria-label="Selected tunnels"
        className="pointer-events-auto flex animate-in flex-wrap items-center gap-2 rounded-lg bg-overlay py-2 pr-2 pl-4 text-ink shadow-overlay"
      >
        <output className="mr-2 min-w-22 font-medium">
          {countText(selected.size)} selected
          {hidden > 0 ? (
            <span className="font-normal text-ink-2">, {countText(hidden)} hidden</span>
          ) : null}
        </output>
        <CopyButton what="Markdown" outcome={markdown} onCopy={copyMarkdown} />
        <CopyButton what="CSV" outcome={csv} onCopy={copyCsv} />
        <Button variant="ghost" size="sm" icon="download" onClick={downloadCsv}>
          Download CSV
        </Button>
        {noWall ? (
          <Button variant="ghost" size="sm" icon="monitor" disabledReason={noWall}>
            Build a wall
          </Button>
        ) : (
          <Link
            to="/wall/build"
            search={{ tunnel: [...selected] }}
            preload={false}
            className={buttonClass('ghost', 'sm')}
          >
            <Icon name="monitor" />
            Build a wall
          </Link>
        )}
        <IconButton label="Select none" icon="close" size="sm" onClick={selectNone} />
      </section>
    </div>
  )
}

/** The words change in their place: the button keeps its width. */
function CopyButton({
  what,
  outcome: { copied, failed },
  onCopy,
}: {
  what: string
  outcome: { copied: boolean; failed: boolean }
  onCopy: () => void
}) {
  const words = `Copy as ${what}`
  const outcome = copied ? 'Copied' : failed ? 'Copying refused' : null
  return (
    <Button
      variant="ghost"
      size="sm"
      icon={copied ? 'check' : failed ? 'alert' : 'copy'}
      onClick={onCopy}
    >
      <span className="grid">
        <span className={`col-start-1 row-start-1 ${outcome ? 'invisible' : ''}`}>{words}</span>
        <output className="col-start-1 row-start-1">{outcome}</output>
      </span>
    </Button>
  )
}

/** With the mark that tells Excel that names are written in Unicode. */
function downloadText(text: string) {
  const address = URL.createObjectURL(new Blob(['\ufeff', text], { type: 'text/csv' }))
  download(address, 'tunnels.csv')
  URL.revokeObjectURL(address)
}

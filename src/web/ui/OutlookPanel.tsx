import { useState } from 'react'
import type { Outlook } from '#contract/tunnel.ts'
import { Panel } from './Panel.tsx'

const looks: Record<Outlook['verdict'], { ink: string; box: string; word: string }> = {
  good: { ink: 'text-good', box: 'bg-good-soft', word: 'Covered' },
  weak: { ink: 'text-warn', box: 'bg-warn-soft', word: 'Weakly covered' },
  bad: { ink: 'text-bad', box: 'bg-bad-soft', word: 'Not covered' },
  unknown: { ink: 'text-unknown', box: 'bg-unknown-soft hatch', word: 'Unknown' },
}

/** What would happen if the active connector failed now: the proxy's verdict and its sentences. */
export function OutlookPanel({
  outlook,
  stale,
  title = 'If the active one fails',
}: {
  outlook: Outlook
  stale: boolean
  title?: string
}) {
  const verdict = stale ? 'unknown' : outlook.verdict
  const look = looks[verdict]
  return (
    <Panel title={title} flush>
      {/* There is room for two notes when there are none: what comes and goes moves nothing below. */}
      <div className="flex min-h-26 items-start gap-3 p-4">
        <span className={`flex size-9 shrink-0 items-center justify-center rounded-md ${look.box}`}>
          <VerdictShape verdict={verdict} className={`size-5 ${look.ink}`} />
        </span>
        <div className="min-w-0 flex-1">
          <p className="text-lg leading-snug font-medium">
            <span className="sr-only">{look.word}: </span>
            {outlook.sentence}
          </p>
          {stale ? <p className="text-ink-2">When last seen; too old to rely on.</p> : null}
          <Notes notes={outlook.notes} />
        </div>
      </div>
    </Panel>
  )
}

const fewNotes = 4

/** What weakens it. Twenty standbys make many notes: the first few are enough at a glance. */
function Notes({ notes }: { notes: readonly string[] }) {
  const [all, setAll] = useState(false)
  if (notes.length === 0) return null
  const cut = !all && notes.length > fewNotes + 1
  return (
    <>
      <ul className="mt-1.5 flex flex-col gap-1 text-ink-2">
        {(cut ? notes.slice(0, fewNotes) : notes).map((note) => (
          <li key={note} className="flex gap-2">
            <span aria-hidden="true" className="text-ink-3">
              –
            </span>
            <span className="min-w-0">{note}</span>
          </li>
        ))}
      </ul>
      {cut ? (
        <button
          type="button"
          className="mt-1 min-h-6 text-accent-text hover:underline"
          onClick={() => setAll(true)}
        >
          {notes.length - fewNotes} more
        </button>
      ) : null}
    </>
  )
}

/** A shield that holds, holds half, or is broken. */
function VerdictShape({ verdict, className }: { verdict: Outlook['verdict']; className: string }) {
  const shield = 'M10 1.8 17 4.4v5c0 4.2-2.9 7.3-7 8.8-4.1-1.5-7-4.6-7-8.8v-5L10 1.8Z'
  const line = {
    fill: 'none',
    stroke: 'currentColor',
    strokeWidth: 1.6,
    strokeLinejoin: 'round',
  } as const
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true" className={className}>
      <path
        d={shield}
        {...line}
        {...(verdict === 'unknown' ? { strokeDasharray: '2.6 2.6' } : {})}
      />
      {verdict === 'good' ? <path d={shield} fill="currentColor" fillOpacity="0.9" /> : null}
      {verdict === 'weak' ? (
        <path d="M10 1.8V18.2c-4.1-1.5-7-4.6-7-8.8v-5L10 1.8Z" fill="currentColor" />
      ) : null}
      {verdict === 'bad' ? (
        <path d="M7 6.8l6 6M13 6.8l-6 6" {...line} strokeLinecap="round" />
      ) : null}
    </svg>
  )
}

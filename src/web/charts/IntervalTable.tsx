import type { Interval, TunnelHistory } from '#contract/history.ts'
import { Button } from '#web/ui/Button.tsx'
import { useCopy } from '#web/ui/CopyId.tsx'
import { Table, Td, Th } from '#web/ui/Table.tsx'
import { type Zone, zoneName } from '#web/ui/zone.ts'
import type { Stretch } from './range.ts'
import { type Lane, laneTitle, tell } from './series.ts'
import { fromText, lengthText, StateShape, toText } from './TellingView.tsx'

/** The timeline in words: every interval of every lane. For screen readers, and for copying. */
export function IntervalTable({
  history,
  lanes,
  stretch,
  zone,
  seenUntil,
}: {
  history: TunnelHistory
  lanes: readonly Lane[]
  stretch: Stretch
  zone: Zone
  /** The last look, where it is too old to be believed. */
  seenUntil: number | null
}) {
  const { copied, failed, copy } = useCopy()
  const rows = lanes.flatMap((lane) =>
    lane.intervals.flatMap((interval, index) =>
      interval.to <= stretch.from || interval.from >= stretch.to
        ? []
        : [{ lane, interval, telling: tell(history, lane, index) }],
    ),
  )
  const cellsOf = ({ lane, interval, telling }: (typeof rows)[number]) => [
    lane.connectorId ?? laneTitle(lane),
    telling.state,
    fromText(telling, zone),
    toText(telling, zone, seenUntil),
    lengthText(telling),
    sourceText(interval),
    telling.notes.join(' '),
  ]
  const heads = ['Lane', 'State', `From (${zoneName(zone)})`, 'To', 'Lasted', 'Source', 'Why']
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-ink-2">
          {rows.length === 1 ? '1 interval' : `${rows.length} intervals`}, lane by lane
        </p>
        <Button
          size="sm"
          icon={copied ? 'check' : 'copy'}
          onClick={() =>
            copy([heads, ...rows.map(cellsOf)].map((row) => row.join('\t')).join('\n'))
          }
        >
          {copied ? 'Copied' : failed ? 'The browser refused' : 'Copy as table'}
        </Button>
      </div>
      <div className="max-h-160 overflow-y-auto rounded-md border border-line">
        <Table caption="Every interval of the timeline">
          <thead>
            <tr>
              {heads.map((head) => (
                <Th key={head}>{head}</Th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const [, state, from, to, lasted, source, why] = cellsOf(row)
              return (
                <tr key={`${row.lane.id} ${row.interval.from}`}>
                  <Td className="font-mono text-[0.93em] whitespace-nowrap">
                    {laneTitle(row.lane)}
                  </Td>
                  <Td className="whitespace-nowrap">
                    <span className="inline-flex items-center gap-2">
                      <StateShape kind={row.lane.kind} interval={row.interval} />
                      {state}
                    </span>
                  </Td>
                  <Td className="whitespace-nowrap">{from}</Td>
                  <Td className="whitespace-nowrap">{to}</Td>
                  <Td className="whitespace-nowrap">{lasted}</Td>
                  <Td className="whitespace-nowrap">{source}</Td>
                  <Td className="min-w-60 text-ink-2">{why}</Td>
                </tr>
              )
            })}
          </tbody>
        </Table>
      </div>
    </div>
  )
}

const sourceText = ({ value, source }: Interval) =>
  value === 'unknown' ? 'nobody' : source === 'reported' ? 'Cloudflare' : 'Tandem'

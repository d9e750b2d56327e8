import { memo, type ReactNode, useState } from 'react'
import type { ConnectionLife, TunnelHistory } from '#contract/history.ts'
import { Button } from '#web/ui/Button.tsx'
import { useClock } from '#web/ui/clock.ts'
import { Place } from '#web/ui/Place.tsx'
import { Table, Td, Th } from '#web/ui/Table.tsx'
import { NotReported } from '#web/ui/TimeAgo.tsx'
import { durationText } from '#web/ui/time.ts'
import { instantIn, type Zone } from '#web/ui/zone.ts'
import { precisionText } from './precision.ts'
import { seenUntilText } from './TellingView.tsx'

const pageSize = 15

/** Every connection of the stretch, the latest first: when it opened, when it closed, how long it lived. */
export const ConnectionLives = memo(function ConnectionLives({
  history,
  zone,
  seenUntil,
  renderConnector,
}: {
  history: TunnelHistory
  zone: Zone
  /** The last look, where it is too old to be believed. */
  seenUntil: number | null
  /** Left out where all are of one connector. */
  renderConnector?: (connectorId: string) => ReactNode
}) {
  const [shown, setShown] = useState(pageSize)
  const lives = history.connections.toReversed()
  if (lives.length === 0)
    return (
      <p className="text-ink-2">
        {history.summary.observedMs === 0
          ? 'Nobody watched this stretch of time: its connections are not known.'
          : 'No connection was open in this stretch of time, as far as observed.'}
      </p>
    )
  return (
    <div className="flex flex-col">
      <Table caption="Lives of the connections">
        <thead>
          <tr>
            {renderConnector ? <Th>Connector</Th> : null}
            <Th>Colo</Th>
            <Th>Origin IP</Th>
            <Th>Opened</Th>
            <Th>Closed</Th>
            <Th className="text-right">Lived</Th>
            <Th>Client version</Th>
          </tr>
        </thead>
        <tbody>
          {lives.slice(0, shown).map((life) => (
            <tr key={`${life.connectorId} ${life.connectionId} ${life.openedAt}`}>
              {renderConnector ? <Td>{renderConnector(life.connectorId)}</Td> : null}
              <Td>{life.colo ? <Place colo={life.colo} /> : <NotReported />}</Td>
              <Td className="font-mono text-[0.93em] whitespace-nowrap">
                {life.originIp ?? <NotReported />}
              </Td>
              <Td className="whitespace-nowrap">{instantIn(life.openedAt, zone)}</Td>
              <Td className="whitespace-nowrap">
                {life.closedAt === null
                  ? seenUntil === null
                    ? 'still open'
                    : seenUntilText(seenUntil, zone)
                  : instantIn(life.closedAt, zone) + precisionText(life.precisionMs)}
              </Td>
              <Td className="text-right whitespace-nowrap">
                <Lived life={life} seenUntil={seenUntil} />
              </Td>
              <Td className="whitespace-nowrap text-ink-2">{life.version ?? <NotReported />}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
      {shown < lives.length ? (
        <div className="flex items-center gap-3 border-t border-line px-4 py-2">
          <Button size="sm" onClick={() => setShown(shown + 100)}>
            Show {Math.min(100, lives.length - shown)} more
          </Button>
          <span className="text-sm text-ink-2">
            {shown} of {lives.length}
          </span>
        </div>
      ) : null}
    </div>
  )
})

function Lived({ life, seenUntil }: { life: ConnectionLife; seenUntil: number | null }) {
  const until = life.closedAt ?? seenUntil
  return useClock((now) => durationText((until ?? now) - life.openedAt))
}

import { type Connection, type Connector, isUp } from '#contract/tunnel.ts'
import { CopyId } from '#web/ui/CopyId.tsx'
import { Panel } from '#web/ui/Panel.tsx'
import { useCity } from '#web/ui/Place.tsx'
import { Table, Td, Th } from '#web/ui/Table.tsx'
import { Elapsed, Instant, NotReported } from '#web/ui/TimeAgo.tsx'
import { tip } from '#web/ui/tip.ts'

/** Every connection that the connector holds to Cloudflare. */
export function ConnectionsPanel({ connector, gone }: { connector: Connector; gone: boolean }) {
  const { connections, version } = connector
  const otherVersion = connections.some(
    ({ clientVersion }) => clientVersion !== null && clientVersion !== version,
  )
  return (
    <Panel
      title="Connections"
      aside={<span className="text-ink-2">{connections.filter(isUp).length}</span>}
      flush
    >
      {connections.length === 0 ? (
        <p className="p-4 text-ink-2">
          {gone
            ? 'None when it was last seen.'
            : 'None: this connector is not connected to Cloudflare.'}
        </p>
      ) : (
        <Table caption="Connections">
          <thead>
            <tr>
              <Th>Colo</Th>
              <Th>City</Th>
              <Th>Origin IP</Th>
              <Th>Opened</Th>
              <Th className="text-right">Open for</Th>
              {otherVersion ? <Th>Client version</Th> : null}
              <Th>State</Th>
              <Th>Connection id</Th>
            </tr>
          </thead>
          <tbody>
            {connections.map((connection) => (
              <Row key={connection.id} connection={connection} showVersion={otherVersion} />
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  )
}

function Row({ connection, showVersion }: { connection: Connection; showVersion: boolean }) {
  const city = useCity(connection.colo)
  const { openedAt, pendingReconnect } = connection
  return (
    <tr>
      <Td className="font-mono text-[0.93em]">{connection.colo ?? <NotReported />}</Td>
      <Td className="whitespace-nowrap">
        {city ?? <NotReported why="The place of this colo is not known" />}
      </Td>
      <Td className="font-mono text-[0.93em] whitespace-nowrap">
        {connection.originIp ?? <NotReported />}
      </Td>
      <Td className="whitespace-nowrap">
        {openedAt === null ? <NotReported /> : <Instant at={openedAt} />}
      </Td>
      <Td className="text-right">
        {isUp(connection) ? <Elapsed at={openedAt} /> : <NotReported why="Not open any more" />}
      </Td>
      {showVersion ? (
        <Td className="whitespace-nowrap">{connection.clientVersion ?? <NotReported />}</Td>
      ) : null}
      <Td className="whitespace-nowrap">
        {pendingReconnect === true ? (
          <span
            className="rounded-sm bg-warn-soft px-1 text-warn"
            {...tip('Cloudflare still keeps its place for some minutes')}
          >
            Disconnected
          </span>
        ) : pendingReconnect === false ? (
          'Connected'
        ) : (
          <span className="text-ink-2" {...tip('Whether it is about to reconnect is not reported')}>
            Listed
          </span>
        )}
      </Td>
      <Td>
        <CopyId value={connection.id} what="connection id" short />
      </Td>
    </tr>
  )
}

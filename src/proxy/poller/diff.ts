import type { SeenConnector } from '../cloudflare/translate.ts'
import { activeIdOf, type Sight } from './sight.ts'

/** What changed between two looks: facts in the past tense, each with from and to. */
export type Change =
  | { type: 'tunnelAppeared' }
  | { type: 'tunnelRenamed'; from: string; to: string }
  | { type: 'tunnelDeleted' }
  | { type: 'statusChanged'; from: string; to: string }
  | { type: 'activeChanged'; from: string | null; to: string | null }
  | { type: 'roleChanged'; connectorId: string; from: string; to: string }
  | { type: 'connectorJoined'; connectorId: string }
  | { type: 'connectorGone'; connectorId: string }
  | { type: 'versionChanged'; connectorId: string; from: string | null; to: string | null }
  | { type: 'connectionOpened'; connectorId: string; connectionId: string; colo: string | null }
  | { type: 'connectionClosed'; connectorId: string; connectionId: string; colo: string | null }
  | {
      type: 'connectionMoved'
      connectorId: string
      connectionId: string
      from: string | null
      to: string | null
    }
  | { type: 'configurationChanged'; from: number | null; to: number | null }

const word = (known: string, reported: string | null) => reported ?? known

/** Pure. A part that was not read before, or is not read now, tells of no change. */
export function diff(before: Sight | null, after: Sight): Change[] {
  if (!before) return [{ type: 'tunnelAppeared' }]
  const changes: Change[] = []
  const [was, is] = [before.listed, after.listed]
  if (was.name !== is.name) changes.push({ type: 'tunnelRenamed', from: was.name, to: is.name })
  if (was.deletedAt === null && is.deletedAt !== null) changes.push({ type: 'tunnelDeleted' })
  // Cloudflare knows it again.
  if (was.deletedAt !== null && is.deletedAt === null) changes.push({ type: 'tunnelAppeared' })
  const from = word(was.status, was.statusReported)
  const to = word(is.status, is.statusReported)
  if (from !== to) changes.push({ type: 'statusChanged', from, to })
  const versions = [
    before.configuration?.version ?? null,
    after.configuration?.version ?? null,
  ] as const
  if (before.configuration && after.configuration && versions[0] !== versions[1]) {
    changes.push({ type: 'configurationChanged', from: versions[0], to: versions[1] })
  }
  if (!before.connectors || !after.connectors) return changes
  if (before.connectors === after.connectors) return changes
  return [...changes, ...diffConnectors(before.connectors, after.connectors)]
}

function diffConnectors(before: SeenConnector[], after: SeenConnector[]): Change[] {
  const changes: Change[] = []
  const [activeBefore, activeAfter] = [activeIdOf(before), activeIdOf(after)]
  if (activeBefore !== activeAfter) {
    changes.push({ type: 'activeChanged', from: activeBefore, to: activeAfter })
  }
  const old = new Map(before.map((connector) => [connector.id, connector]))
  for (const connector of after) {
    const was = old.get(connector.id)
    old.delete(connector.id)
    if (was) changes.push(...diffConnector(was, connector))
    else changes.push({ type: 'connectorJoined', connectorId: connector.id })
  }
  for (const connectorId of old.keys()) changes.push({ type: 'connectorGone', connectorId })
  return changes
}

function diffConnector(was: SeenConnector, is: SeenConnector): Change[] {
  const changes: Change[] = []
  const connectorId = is.id
  const from = word(was.role, was.roleReported)
  const to = word(is.role, is.roleReported)
  if (from !== to) changes.push({ type: 'roleChanged', connectorId, from, to })
  if (was.version !== is.version) {
    changes.push({ type: 'versionChanged', connectorId, from: was.version, to: is.version })
  }
  const old = new Map(was.connections.map((connection) => [connection.id, connection]))
  for (const { id: connectionId, colo } of is.connections) {
    const before = old.get(connectionId)
    old.delete(connectionId)
    if (!before) changes.push({ type: 'connectionOpened', connectorId, connectionId, colo })
    else if (before.colo !== colo) {
      changes.push({
        type: 'connectionMoved',
        connectorId,
        connectionId,
        from: before.colo,
        to: colo,
      })
    }
  }
  for (const { id: connectionId, colo } of old.values()) {
    changes.push({ type: 'connectionClosed', connectorId, connectionId, colo })
  }
  return changes
}

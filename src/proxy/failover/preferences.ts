import type { Store } from '../store/open.ts'

/** Which connector of a tunnel should carry its traffic when nothing is wrong. */

/** All preferences, by tunnel. */
export async function loadPreferences(db: Store): Promise<Map<string, string>> {
  const rows = await db.selectFrom('preferences').selectAll().execute()
  return new Map(rows.map((row) => [row.tunnel_id, row.connector_id]))
}

/** Remembers a preference; null forgets it. */
export async function savePreference(db: Store, tunnelId: string, connectorId: string | null) {
  if (connectorId === null) {
    await db.deleteFrom('preferences').where('tunnel_id', '=', tunnelId).execute()
    return
  }
  const row = { tunnel_id: tunnelId, connector_id: connectorId }
  await db
    .insertInto('preferences')
    .values(row)
    .onConflict((conflict) =>
      conflict.column('tunnel_id').doUpdateSet({ connector_id: connectorId }),
    )
    .execute()
}

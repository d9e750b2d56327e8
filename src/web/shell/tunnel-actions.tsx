import { useSuspenseQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'
import { type OperationId, whyNot } from '#contract/operations.ts'
import type { Tunnel } from '#contract/tunnel.ts'
import { dialogEntry } from '#web/api/dialog-address.ts'
import { sessionQuery } from '#web/api/queries.ts'
import { rangeOf, rangeQuery } from '#web/charts/range.ts'
import { deleted, whyNoFailover } from '#web/failover/reason.ts'
import type { TunnelSearch } from '#web/router.tsx'
import { serverNow } from '#web/ui/clock.ts'
import { download } from '#web/ui/download.ts'
import type { IconName } from '#web/ui/Icon.tsx'
import { Name } from '#web/ui/Name.tsx'
import { nothingWaits } from '#web/ui/refusal.ts'
import type { ShortcutId } from '#web/ui/shortcuts.ts'
import { type Action, actionsOf } from './action.ts'

/** What can be done with a tunnel; its name is said, because it may only be the row under the cursor. */
export type TunnelActions = (tunnel: Tunnel, group: Action['group']) => Action[]

/**
 * @param answered the keys that something on the page answers to: no other one is promised
 * @param isOver whether a dialog of a page lies below the palette
 */
export function useTunnelActions(
  range: string | undefined,
  answered: readonly ShortcutId[],
  isOver: boolean,
): TunnelActions {
  const navigate = useNavigate()
  const { data: session } = useSuspenseQuery(sessionQuery)
  return useCallback(
    (tunnel, group) => {
      const { id: tunnelId, name } = tunnel
      const role = session.me?.role ?? null
      const gone = tunnel.deletedAt === null ? null : deleted
      const may = (operationId: OperationId) => gone ?? whyNot(role, operationId)
      const make = actionsOf(group)
      const action: typeof make = (icon, words, run, more = {}) =>
        make(icon, words, run, {
          ...more,
          id: `${group} ${words} ${tunnelId}`,
          shortcut: answered.find((id) => group === 'This tunnel' && id === more.shortcut),
          also: `${name} ${more.also ?? ''}`,
          line: (
            <>
              <span className="shrink-0">{words}</span>
              <Name name={name} className="truncate text-ink-2" />
            </>
          ),
        })
      const dialog = (
        icon: IconName,
        words: string,
        dialog: TunnelSearch['dialog'],
        reason: string | null,
        more: { shortcut?: ShortcutId; also?: string } = {},
      ) =>
        action(
          icon,
          words,
          () =>
            void navigate({
              to: '/tunnels/$tunnelId',
              params: { tunnelId },
              search: { dialog, range },
              // Closing leads back to where the palette was opened. A dialog that lay there gives way.
              ...dialogEntry(isOver),
            }),
          { reason, ...more },
        )
      const waits = tunnel.unacknowledged ? null : nothingWaits
      return [
        dialog('failover', 'Fail over', 'failover', whyNoFailover(session, tunnel, serverNow()), {
          shortcut: 'failover',
          also: 'failover promote switch over standby',
        }),
        dialog(
          'check',
          'Acknowledge changes of',
          'acknowledge',
          may('acknowledgementAdd') ?? waits,
          { shortcut: 'acknowledge', also: 'ack seen' },
        ),
        dialog('flag', 'Write a note to', 'note', whyNot(role, 'noteAdd'), {
          shortcut: 'note',
          also: 'comment',
        }),
        dialog(
          'wrench',
          tunnel.maintenance ? 'Change or end the maintenance of' : 'Announce maintenance of',
          'maintenance',
          may('maintenanceAdd'),
          { shortcut: 'maintenance', also: 'mute silence window end call off cancel' },
        ),
        dialog('tag', 'Edit tags of', 'tags', may('tunnelTag'), {
          shortcut: 'tags',
          also: 'label',
        }),
        action(
          'activity',
          'Report about',
          () =>
            void navigate({
              to: '/tunnels/$tunnelId/report',
              params: { tunnelId },
              search: { range },
            }),
          { shortcut: 'report', also: 'print markdown' },
        ),
        action(
          'activity',
          'Activity of',
          () => void navigate({ to: '/activity', search: { tunnel: tunnelId } }),
        ),
        dialog('plus', 'Add a replica to', 'replica', may('tokenGet'), {
          also: 'install token connector new',
        }),
        dialog('pencil', 'Rename', 'rename', may('tunnelUpdate'), { also: 'name change' }),
        dialog('key', 'Rotate the secret of', 'secret', may('tunnelUpdate'), {
          also: 'token new change',
        }),
        dialog(
          'settings',
          'Change the HA configuration of',
          'configuration',
          may('configurationPut'),
          { also: 'settings virtual ip vip aws mode' },
        ),
        dialog('trash', 'Delete', 'delete', may('tunnelDelete'), { also: 'remove' }),
        action(
          'download',
          'Export the history of',
          () => download(historyAddress(tunnelId, range)),
          {
            also: 'csv',
            reason: whyNot(role, 'historyExport'),
          },
        ),
      ]
    },
    [range, answered, isOver, session, navigate],
  )
}

const historyAddress = (tunnelId: string, range: string | undefined) =>
  `/api/tunnels/${tunnelId}/history.csv?${rangeQuery(rangeOf(range), serverNow())}`

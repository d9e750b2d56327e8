import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { whyNoMaintenance } from '#contract/mark-requests.ts'
import { windowOf } from '#contract/marks.ts'
import type { TunnelDetail } from '#contract/tunnel.ts'
import { toProblem } from '#web/api/client.ts'
import { maintenanceQuery, useMaintenanceAdd } from '#web/api/marks.ts'
import { useWhyNot } from '#web/api/operations.ts'
import { stretchText } from '#web/charts/stretch-text.ts'
import { serverNow } from '#web/ui/clock.ts'
import { Field, Select } from '#web/ui/Field.tsx'
import { FormDialog } from '#web/ui/FormDialog.tsx'
import { Name } from '#web/ui/Name.tsx'
import { durationText } from '#web/ui/time.ts'
import { fieldOf, fromField } from '#web/ui/time-field.ts'
import { useZone, type Zone } from '#web/ui/zone.ts'
import { MomentField, WordsField } from './fields.tsx'
import { MarkView } from './MarkView.tsx'

const minute = 60_000
const lengths = [15, 30, 60, 120, 240, 480, 1440].map((minutes) => minutes * minute)

/** Announces when a tunnel is worked on, and ends what was announced. */
export function MaintenanceDialog({
  tunnel,
  onClose,
}: {
  tunnel: TunnelDetail
  onClose: () => void
}) {
  // What is being typed keeps the zone that it began in.
  const [zone] = useState(useZone())
  const [begun] = useState(serverNow)
  const [begin, setBegin] = useState(() => fieldOf(begun, zone))
  const [lastMs, setLastMs] = useState(60 * minute)
  const [text, setText] = useState('')
  const add = useMaintenanceAdd(tunnel.id)
  const notAllowed = useWhyNot('maintenanceAdd')
  const problem = add.error ? toProblem(add.error) : null
  const from = fromField(begin, zone, begun)
  const window = from === null ? null : { from, to: from + lastMs }
  const wrong = window && whyNoMaintenance(window, serverNow())
  const reason = notAllowed ?? (window ? (wrong?.sentence ?? null) : 'Enter a start time.')
  return (
    <FormDialog
      title={
        <>
          Announce maintenance of <Name name={tunnel.name} />
        </>
      }
      description="Walls stay quiet about this tunnel, its changes need no acknowledgement, and availability is told with and without this time."
      submit="Announce"
      busyLabel="Announcing…"
      busy={add.isPending}
      problem={problem}
      fields={['from']}
      disabledReason={reason}
      goneAt={tunnel.deletedAt}
      onSubmit={() => {
        if (window) add.mutate({ ...window, text: text.trim() || null }, { onSuccess: onClose })
      }}
      onClose={onClose}
    >
      <Announced tunnelId={tunnel.id} zone={zone} />
      <div className="grid gap-4 sm:grid-cols-2">
        <MomentField
          isFirst
          label="Start"
          zone={zone}
          error={problem?.field === 'from' ? problem.detail : null}
          value={begin}
          onChange={(next) => {
            setBegin(next)
            if (problem) add.reset()
          }}
        />
        <Field label="Duration" hint={window ? stretchText(window, begun, zone) : null}>
          {(control) => (
            <Select
              {...control}
              value={lastMs}
              onChange={(event) => setLastMs(Number(event.target.value))}
            >
              {lengths.map((ms) => (
                <option key={ms} value={ms}>
                  {durationText(ms)}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      <WordsField
        label="What is being done"
        hint="Optional. Walls do not show it."
        value={text}
        onChange={setText}
      />
    </FormDialog>
  )
}

/** What was announced already and is not over. */
function Announced({ tunnelId, zone }: { tunnelId: string; zone: Zone }) {
  const { data } = useQuery(maintenanceQuery(tunnelId))
  const open = (data?.marks ?? []).filter(
    (mark) => mark.endedAt === null && (windowOf(mark)?.to ?? 0) > serverNow(),
  )
  if (open.length === 0) return null
  return (
    <ul aria-label="Announced already" className="flex flex-col gap-2 rounded-md bg-sunken p-3">
      {open.map((mark) => (
        <li key={mark.id}>
          <MarkView mark={mark} zone={zone} />
        </li>
      ))}
    </ul>
  )
}

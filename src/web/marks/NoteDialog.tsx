import { useState } from 'react'
import type { TunnelDetail } from '#contract/tunnel.ts'
import { toProblem } from '#web/api/client.ts'
import { useNoteAdd } from '#web/api/marks.ts'
import { useWhyNot } from '#web/api/operations.ts'
import { serverNow } from '#web/ui/clock.ts'
import { FormDialog } from '#web/ui/FormDialog.tsx'
import { Name } from '#web/ui/Name.tsx'
import { fieldOf, fromField } from '#web/ui/time-field.ts'
import { useZone } from '#web/ui/zone.ts'
import { MomentField, WordsField } from './fields.tsx'

/** Writes a few words to a moment of the timeline. */
export function NoteDialog({ tunnel, onClose }: { tunnel: TunnelDetail; onClose: () => void }) {
  // What is being typed keeps the zone that it began in.
  const [zone] = useState(useZone())
  const [text, setText] = useState('')
  const [begun] = useState(serverNow)
  const [moment, setMoment] = useState(() => fieldOf(begun, zone))
  const add = useNoteAdd(tunnel.id)
  const notAllowed = useWhyNot('noteAdd')
  const problem = add.error ? toProblem(add.error) : null
  const at = fromField(moment, zone, begun)
  const reason =
    notAllowed ??
    (text.trim() === ''
      ? 'Enter what is to be noted.'
      : at === null
        ? 'Enter the time the note refers to.'
        : null)
  return (
    <FormDialog
      title={
        <>
          Write a note to <Name name={tunnel.name} />
        </>
      }
      description="It stands on the timeline, in the log and in reports, with your name."
      submit="Write"
      busyLabel="Writing…"
      busy={add.isPending}
      problem={problem}
      fields={['at', 'text']}
      disabledReason={reason}
      onSubmit={() => {
        if (at !== null) add.mutate({ at, text: text.trim() }, { onSuccess: onClose })
      }}
      onClose={onClose}
    >
      <WordsField
        isFirst
        label="Note"
        error={problem?.field === 'text' ? problem.detail : null}
        value={text}
        onChange={setText}
      />
      <MomentField
        label="Moment"
        zone={zone}
        error={problem?.field === 'at' ? problem.detail : null}
        value={moment}
        onChange={(next) => {
          setMoment(next)
          if (problem) add.reset()
        }}
      />
    </FormDialog>
  )
}

import { type Mark, windowOf } from '#contract/marks.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { visibleName } from '#web/ui/names.ts'
import { Table, Td, Th } from '#web/ui/Table.tsx'
import { instantIn, type Zone, zoneName } from '#web/ui/zone.ts'
import { markIcons, TakeBack } from './MarkView.tsx'

const words: Record<Mark['kind'], string> = {
  acknowledgement: 'Acknowledged',
  note: 'Note',
  maintenance: 'Maintenance',
}

/** What people said of a stretch, in words: the rail of the timeline for reading and copying. */
export function MarksTable({ marks, zone }: { marks: readonly Mark[]; zone: Zone }) {
  if (marks.length === 0) return null
  return (
    <div className="mt-3 rounded-md border border-line">
      <Table caption="Notes, acknowledgements and maintenance">
        <thead>
          <tr>
            <Th>What</Th>
            <Th>At ({zoneName(zone)})</Th>
            <Th>Until</Th>
            <Th>Who</Th>
            <Th>Words</Th>
            <Th>
              <span className="sr-only">Take back</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {marks.map((mark) => (
            <tr key={mark.id}>
              <Td className="whitespace-nowrap">
                <span className="inline-flex items-center gap-2">
                  <Icon name={markIcons[mark.kind]} className="size-4 text-accent-text" />
                  {words[mark.kind]}
                </span>
              </Td>
              <Td className="whitespace-nowrap">{instantIn(beginOf(mark), zone)}</Td>
              <Td className="whitespace-nowrap">{endText(mark, zone)}</Td>
              <Td>
                <bdi>{visibleName(mark.by)}</bdi>
              </Td>
              <Td className="min-w-60 text-ink-2">
                <span dir="auto">{mark.text === null ? '' : visibleName(mark.text)}</span>
              </Td>
              <Td className="text-right">
                <TakeBack mark={mark} />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  )
}

const beginOf = ({ kind, from, at }: Mark) => (kind === 'maintenance' && from !== null ? from : at)

function endText(mark: Mark, zone: Zone): string {
  if (mark.kind !== 'maintenance') return ''
  const window = windowOf(mark)
  return window ? instantIn(window.to, zone) : 'called off'
}

import { buttonClass } from '#web/ui/Button.tsx'
import { Icon } from '#web/ui/Icon.tsx'
import { tip } from '#web/ui/tip.ts'

/** The whole log of the filters, as files: `/api/activity`, `from=…&to=…`. */
export function Exports({ path, query }: { path: string; query: string }) {
  return (
    <div className="flex items-center gap-2">
      <a
        href={`${path}.csv?${query}`}
        download
        className={buttonClass('secondary')}
        {...tip('All entries of these filters, as a table')}
      >
        <Icon name="download" />
        CSV
      </a>
      <a
        href={`${path}.jsonl?${query}`}
        download
        className={buttonClass('secondary')}
        {...tip('All entries of these filters, one JSON object in a line')}
      >
        <Icon name="download" />
        JSON Lines
      </a>
    </div>
  )
}

import { useEffect, useId, useRef, useState } from 'react'
import { rootPx } from '#web/ui/root-size.ts'
import { Segmented } from '#web/ui/Segmented.tsx'
import { absentColumns, type ColumnId, choosable } from './columns.ts'
import { guessedRem, narrow } from './fit.ts'
import { densities, type ListLook, listLook, usualLook } from './look.ts'
import { SortChoice } from './SortChoice.tsx'
import { ViewList } from './ViewList.tsx'

const densityWords = { comfortable: 'Comfortable', compact: 'Compact' } as const

/** What stands behind the "View" button. On a phone the columns are what a card tells. */
export function ViewPanel({ search, onClose }: { search: string; onClose: () => void }) {
  const panel = useRef<HTMLDivElement>(null)
  // It comes after its popover opened, so the keyboard is led into it here.
  useEffect(() => panel.current?.focus({ preventScroll: true }), [])
  return (
    <div ref={panel} tabIndex={-1} className="flex flex-col gap-4 outline-none">
      <ViewList search={search} onClose={onClose} />
      <SortChoice />
      <div className="flex flex-col gap-4 border-t border-line pt-3">
        <Look />
      </div>
    </div>
  )
}

function Look() {
  const look = listLook.use()
  // A window that changes its size closes the popover.
  const [rem] = useState(tableRem)
  const change = (more: Partial<ListLook>) => listLook.write({ ...look, ...more })
  const noRoom = new Set(absentColumns(look.hidden, rem))
  return (
    <>
      <div className="flex items-center justify-between gap-3 max-md:hidden">
        <span className="text-sm font-medium text-ink-2" aria-hidden="true">
          Rows
        </span>
        <Segmented
          label="Rows"
          value={look.density}
          options={densities.map((value) => ({ value, label: densityWords[value] }))}
          onChange={(density) => change({ density })}
        />
      </div>
      <fieldset>
        <legend className="float-left text-sm font-medium text-ink-2">Columns</legend>
        <button
          type="button"
          onClick={() => listLook.write({ ...look, hidden: usualLook.hidden })}
          className={`float-right rounded-sm text-sm text-accent-text hover:underline ${look.hidden.length === 0 ? 'invisible' : ''}`}
        >
          Show all
        </button>
        <div className="clear-both -mx-1 grid grid-cols-2 gap-x-2 pt-1">
          {choosable.map(({ id, head }) => (
            <ColumnChoice
              key={id}
              head={head}
              checked={!look.hidden.includes(id)}
              noRoom={noRoom.has(id)}
              onChange={(shown) => change({ hidden: withColumn(look.hidden, id, shown) })}
            />
          ))}
        </div>
      </fieldset>
    </>
  )
}

/** The width of the table that is there, rem; cards have room for all. */
function tableRem(): number {
  if (matchMedia(narrow).matches) return Number.POSITIVE_INFINITY
  const rem = rootPx()
  const table = document.querySelector('table[data-density]')
  return table ? table.clientWidth / rem : guessedRem(rem)
}

const withColumn = (hidden: readonly ColumnId[], id: ColumnId, shown: boolean) =>
  shown ? hidden.filter((each) => each !== id) : [...hidden, id]

function ColumnChoice({
  head,
  checked,
  noRoom,
  onChange,
}: {
  head: string
  checked: boolean
  noRoom: boolean
  onChange: (checked: boolean) => void
}) {
  const id = useId()
  return (
    <label className="flex h-7 cursor-pointer items-center gap-2 rounded-sm px-1 hover:bg-hover">
      <input
        type="checkbox"
        checked={checked}
        aria-describedby={checked && noRoom ? id : undefined}
        onChange={({ target }) => onChange(target.checked)}
        className="choice size-4 shrink-0"
      />
      <span className={`truncate ${checked && noRoom ? 'text-ink-3' : ''}`}>{head}</span>
      {checked && noRoom ? (
        <span id={id} className="ml-auto text-xs whitespace-nowrap text-ink-3">
          no room
        </span>
      ) : null}
    </label>
  )
}

import type { Tunnel } from '#contract/tunnel.ts'
import { displayName } from '#web/ui/names.ts'
import { tip } from '#web/ui/tip.ts'
import { useIsSelected, useSelection, useShownSelected } from './use-selection.ts'

/**
 * Selects one row. It is seen where the pointer or the focus is, where there is no pointer, and everywhere while
 * rows are selected.
 */
export function SelectBox({ tunnel }: { tunnel: Tunnel }) {
  const selection = useSelection()
  const checked = useIsSelected(tunnel.id)
  return (
    <input
      type="checkbox"
      aria-label={`Select ${displayName(tunnel.name)}`}
      tabIndex={-1}
      checked={checked}
      onChange={({ nativeEvent }) => {
        // A checkbox changes by a click, and the click knows about the shift key.
        if (nativeEvent instanceof MouseEvent && nativeEvent.shiftKey)
          selection.stretchTo(tunnel.id)
        else selection.toggle(tunnel.id)
      }}
      className={look}
    />
  )
}

/** Selects all rows that are shown, or lets them go. */
export function SelectShown({ rows }: { rows: readonly Tunnel[] }) {
  const selection = useSelection()
  const state = useShownSelected(rows)
  return (
    // All of the head's cell, for a hand that misses the box.
    <label className="flex h-9 cursor-pointer items-center pl-3">
      <input
        type="checkbox"
        aria-label="Select all shown"
        {...tip(state === 'all' ? 'Unselect all shown' : 'Select all shown')}
        checked={state === 'all'}
        ref={(input) => {
          if (input) input.indeterminate = state === 'some'
        }}
        onChange={state === 'all' ? selection.unselectShown : selection.selectShown}
        className={look}
      />
    </label>
  )
}

const look =
  'choice m-0 block size-4 cursor-pointer opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100 checked:opacity-100 indeterminate:opacity-100 focus-visible:opacity-100 in-data-selecting:opacity-100 pointer-coarse:opacity-100'

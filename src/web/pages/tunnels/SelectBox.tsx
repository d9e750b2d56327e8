import type { Tunnel } from '#contract/tunnel.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { displayName } from '#web/ui/names.ts'
import { tip } from '#web/ui/tip.ts'
import { useIsSelected, useSelection, useShownSelected } from './use-selection.ts'

/**
 * Selects one row. Its cell is all its own, so that a hand that misses the box does not open the row. It is
 * seen where the pointer or the focus is, where there is no pointer, and everywhere while rows are selected.
 */
export function SelectBox({ tunnel }: { tunnel: Tunnel }) {
  const selection = useSelection()
  const checked = useIsSelected(tunnel.id)
  return (
    <>
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
        className="peer absolute inset-y-0 left-0 m-0 h-full w-8 cursor-pointer appearance-none outline-none"
      />
      <Box state={checked ? 'all' : 'none'} />
    </>
  )
}

/** Selects all rows that are shown, or none. */
export function SelectShown({ rows }: { rows: readonly Tunnel[] }) {
  const selection = useSelection()
  const state = useShownSelected(rows)
  const label = state === 'all' ? 'Select none' : 'Select all shown'
  return (
    <>
      <input
        type="checkbox"
        aria-label="Select all shown"
        {...tip(label)}
        checked={state === 'all'}
        ref={(input) => {
          if (input) input.indeterminate = state === 'some'
        }}
        onChange={state === 'all' ? selection.clear : selection.selectShown}
        className="peer absolute inset-y-0 left-0 m-0 h-full w-8 cursor-pointer appearance-none outline-none"
      />
      <Box state={state} />
    </>
  )
}

const boxLooks = {
  none: 'ring-line-strong opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100 peer-focus-visible:opacity-100 in-data-selecting:opacity-100 pointer-coarse:opacity-100',
  some: 'bg-accent text-accent-ink ring-accent',
  all: 'bg-accent text-accent-ink ring-accent',
} as const

function Box({ state }: { state: keyof typeof boxLooks }) {
  return (
    <span
      aria-hidden="true"
      className={`pointer-events-none absolute top-1/2 left-3 flex size-4 -translate-y-1/2 items-center justify-center rounded-sm ring-1 ring-inset peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent ${boxLooks[state]}`}
    >
      {state === 'none' ? null : (
        <Icon name={state === 'all' ? 'check' : 'minus'} className="size-3.5" />
      )}
    </span>
  )
}

import { tip } from '#web/ui/tip.ts'
import { chosen, type Family, toggled } from './families.ts'

/** Which kinds of entries, family by family; all of them where none is chosen. */
export function FamilyFilter<T extends string>({
  families,
  kinds: asked,
  onChange,
}: {
  families: readonly Family<T>[]
  kinds: readonly T[] | undefined
  onChange: (kinds: T[] | undefined) => void
}) {
  return (
    <fieldset className="flex flex-wrap gap-1.5">
      <legend className="sr-only">Kinds</legend>
      {families.map(({ label, meaning, kinds }) => (
        <button
          key={label}
          type="button"
          aria-pressed={chosen(asked, kinds)}
          {...tip(meaning)}
          onClick={() => onChange(toggled(asked, kinds))}
          className="h-7 rounded-full px-3 text-sm text-ink-2 ring-1 ring-line-edge ring-inset hover:bg-hover hover:text-ink aria-[pressed=mixed]:bg-accent-soft/60 aria-[pressed=mixed]:text-accent-text aria-pressed:bg-accent-soft aria-pressed:text-accent-text aria-pressed:ring-accent"
        >
          {label}
        </button>
      ))}
    </fieldset>
  )
}

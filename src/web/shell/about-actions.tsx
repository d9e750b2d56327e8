import { Name } from '#web/ui/Name.tsx'
import { visibleName } from '#web/ui/names.ts'
import type { Offer } from '#web/ui/offers.ts'
import { type Action, actionsOf } from './action.ts'

/** What the page can do with each of many, a person or a screen; the name of each is said. */
export function aboutActions(offers: readonly Offer[]): Action[] {
  const action = actionsOf('This page')
  return offers.flatMap(({ icon, words, run, about, also = '', ...more }, index) =>
    about === undefined
      ? []
      : [
          action(icon, words, run, {
            ...more,
            // Two of them may have the same name.
            id: `This page ${words} ${index}`,
            also: `${visibleName(about)} ${also}`,
            line: (
              <>
                <span className="shrink-0">{words}:</span>
                <Name name={about} className="truncate text-ink-2" />
              </>
            ),
          }),
        ],
  )
}

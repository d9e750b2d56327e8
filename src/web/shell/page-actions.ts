import type { IconName } from '#web/ui/Icon.tsx'
import type { Offer } from '#web/ui/offers.ts'
import { shortcutWords } from '#web/ui/shortcut-words.ts'
import { type ShortcutId, shortcuts } from '#web/ui/shortcuts.ts'
import { type Action, actionsOf } from './action.ts'

/** What the page itself can do where it stands: the keys it answers to, and what its parts offer. Pure. */

/**
 * Keys that only move or open, which is what the palette is there to replace, and those of a row, which it
 * lists by the row's name.
 */
const noActions: ReadonlySet<ShortcutId> = new Set<ShortcutId>([
  'search',
  'palette',
  'next',
  'previous',
  'first',
  'last',
  'open',
  'stretch',
  'failover',
  'acknowledge',
])

const icons: Partial<Record<ShortcutId, IconName>> = {
  link: 'copy',
  view: 'settings',
  select: 'check',
  selectAll: 'check',
  selectNone: 'close',
}

/**
 * @param answered the keys that something on the page answers to now
 * @param taken actions that are listed already; their keys are not listed again
 */
export function pageActions(
  answered: readonly ShortcutId[],
  offers: readonly Offer[],
  taken: readonly Action[],
  press: (id: ShortcutId) => void,
): Action[] {
  const action = actionsOf('This page')
  const keys = new Set(taken.map((each) => each.keys))
  return [
    ...answered
      .filter((id) => !noActions.has(id) && !keys.has(shortcuts[id].keys[0]))
      .map((id) =>
        action(icons[id] ?? 'keyboard', shortcutWords[id].does, () => press(id), { shortcut: id }),
      ),
    ...offers
      .filter(({ about }) => about === undefined)
      .map(({ icon, words, run, ...more }) => action(icon, words, run, more)),
  ]
}

import type { ReactNode } from 'react'
import type { IconName } from '#web/ui/Icon.tsx'
import { type ShortcutId, shortcuts } from '#web/ui/shortcuts.ts'

/** Something that can be done from anywhere: what one may not do says why. */
export type Action = {
  id: string
  group: 'This tunnel' | 'A tunnel' | 'This page' | 'Go to' | 'Everywhere'
  icon: IconName
  line: ReactNode
  /** What it is found by, in lower case. */
  text: string
  /** The keys that do the same without the palette. */
  keys: string | null
  disabledReason: string | null
  run: () => void
}

type More = {
  shortcut?: ShortcutId | undefined
  reason?: string | null
  /** Where the words alone are not its own. */
  id?: string
  /** More words to find it by. */
  also?: string
  line?: ReactNode
}

export const actionsOf =
  (group: Action['group']) =>
  (icon: IconName, words: string, run: () => void, more: More = {}): Action => ({
    id: more.id ?? `${group} ${words}`,
    group,
    icon,
    line: more.line ?? words,
    text: `${words} ${more.also ?? ''}`.toLowerCase(),
    keys: more.shortcut ? (shortcuts[more.shortcut].keys[0] ?? null) : null,
    disabledReason: more.reason ?? null,
    run,
  })

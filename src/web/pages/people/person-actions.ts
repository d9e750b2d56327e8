import { type Person, type Ways, whyNotRole } from '#contract/people.ts'
import type { IconName } from '#web/ui/Icon.tsx'
import { whyNotLink } from './rows.ts'
import type { PersonDialog } from './search.ts'

type PersonAction = {
  dialog: PersonDialog
  icon: IconName
  words: string
  /** Why it can't be done now. */
  reason?: string | null
  /** It takes something away, and stands apart. */
  isGrave?: true
}

/** What an admin can do about somebody, for the menu beside the name and for the palette. Pure. */
export function personActions(person: Person, ways: Ways): PersonAction[] {
  const isOff = person.state === 'disabled'
  return [
    { dialog: 'role', icon: 'person', words: 'Change role', reason: whyNotRole(person.method) },
    { dialog: 'sessions', icon: 'monitor', words: 'Sessions' },
    {
      dialog: 'link',
      icon: 'key',
      words: person.state === 'invited' ? 'New invitation link' : 'Reset password',
      reason: whyNotLink(person, ways),
    },
    ...(person.invitedUntil === null
      ? []
      : [{ dialog: 'take-back', icon: 'close', words: 'Take the link back' } as const]),
    isOff
      ? { dialog: 'on', icon: 'check', words: 'Switch on', isGrave: true }
      : { dialog: 'off', icon: 'minus', words: 'Switch off', isGrave: true },
    { dialog: 'remove', icon: 'trash', words: 'Remove', isGrave: true },
  ]
}

/** What the address of the page may hold: a query, and a dialog with the person whom it is about. */
export const personDialogs = [
  'role',
  'sessions',
  'link',
  'take-back',
  'off',
  'on',
  'remove',
] as const
export type PersonDialog = (typeof personDialogs)[number]
export const peopleDialogs = ['invite', ...personDialogs] as const

export type PeopleSearch = {
  q?: string | undefined
  dialog?: (typeof peopleDialogs)[number] | undefined
  person?: string | undefined
}

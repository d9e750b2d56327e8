/** What an admin can do about a screen, for the menu beside the name and for the palette. */
export const screenActions = [
  { dialog: 'rename', icon: 'pencil', words: 'Rename' },
  { dialog: 'revoke', icon: 'trash', words: 'Take access away' },
] as const

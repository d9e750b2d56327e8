/** Keys that a place answers by itself while it has the focus; the help dialog prints them too. */
export const placeKeys = [
  {
    keys: ['ArrowDown', 'Enter'],
    does: 'To the rows that match',
    where: 'The search of the list',
  },
  {
    keys: ['Escape'],
    does: 'Empty it; leave it when it is empty',
    where: 'The search of the list',
  },
  { keys: ['ArrowRight'], does: 'Open it', where: 'A group of the list' },
  { keys: ['ArrowLeft'], does: 'Close it', where: 'A group of the list' },
  { keys: ['1 … 9'], does: 'Accept a risk, by its number', where: 'Failing over' },
  { keys: ['Tab'], does: 'To the button that promotes', where: 'Failing over' },
  { keys: ['ArrowLeft', 'ArrowRight'], does: 'The interval before or after', where: 'A timeline' },
  { keys: ['ArrowUp', 'ArrowDown'], does: 'The lane above or below', where: 'A timeline' },
  { keys: ['Home', 'End'], does: 'The first or last interval', where: 'A timeline' },
  { keys: ['Enter'], does: 'Zoom into the interval', where: 'A timeline' },
  { keys: ['Backspace', 'Escape'], does: 'Back to the stretch before', where: 'A timeline' },
  {
    keys: ['ArrowLeft', 'ArrowRight'],
    does: 'The change before or after',
    where: 'The connections over time',
  },
  { keys: ['Home', 'End'], does: 'The first or last change', where: 'The connections over time' },
  {
    keys: ['f'],
    does: 'Fill the screen, or leave it; so does a double click on the headline',
    where: 'A wall',
  },
  { keys: ['?'], does: 'Show these keys, for a minute', where: 'A wall' },
] as const satisfies readonly { keys: readonly string[]; does: string; where: string }[]

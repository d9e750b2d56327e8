import { expect, test } from 'vitest'
import { keyOf } from './shortcuts.ts'

const press = (key: string, held: Partial<Parameters<typeof keyOf>[0]> = {}) => ({
  key,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  ...held,
})
const [ctrl, meta, shift] = [{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }]

test.each([
  ['a letter', press('j'), false, 'j'],
  ['a letter that has the shift key in it', press('D', shift), false, 'D'],
  ['an arrow with the shift key', press('ArrowDown', shift), false, 'shift+ArrowDown'],
  ['Ctrl', press('k', ctrl), false, 'mod+k'],
  ['Ctrl where letters are locked as capitals', press('K', ctrl), false, 'mod+k'],
  ['⌘ on a Mac', press('k', meta), true, 'mod+k'],
  [
    'the browser’s own with Ctrl and Shift',
    press('K', { ...ctrl, ...shift }),
    false,
    'mod+shift+k',
  ],
  ['the browser’s own with ⌘ and Shift', press('a', { ...meta, ...shift }), true, 'mod+shift+a'],
  ['Ctrl on a Mac, which edits text there', press('k', ctrl), true, ''],
  ['the key of the system elsewhere', press('k', meta), false, ''],
  ['both at once', press('k', { ...ctrl, ...meta }), false, ''],
  ['Alt, which writes signs', press('k', { altKey: true }), false, ''],
])('%s', (_, pressed, mac, name) => {
  expect(keyOf(pressed, mac)).toBe(name)
})

import { expect, test } from 'vitest'
import { type ShortcutId, shortcuts } from '#web/ui/shortcuts.ts'
import { actionsOf } from './action.ts'
import { pageActions } from './page-actions.ts'

const all = Object.keys(shortcuts) as ShortcutId[]

test('every key that does more than move is an action, whoever answers it', () => {
  const pressed: ShortcutId[] = []
  for (const action of pageActions(all, [], [], (id) => pressed.push(id))) action.run()
  expect(all.filter((id) => !pressed.includes(id))).toEqual([
    'search',
    'palette',
    'next',
    'previous',
    'first',
    'last',
    'open',
    'stretch',
    // Of a row or a tunnel: named by what it is called.
    'failover',
    'acknowledge',
  ])
})

test('what another action does by the same key is listed once', () => {
  const note = actionsOf('This tunnel')('flag', 'Write a note to', () => {}, { shortcut: 'note' })
  const both = pageActions(['note', 'link'], [], [note], () => {})
  expect(both.map(({ line, keys }) => [line, keys])).toEqual([['Copy a link to this moment', 'l']])
})

test('what a part of the page offers stands beside, with why not', () => {
  const offer = { icon: 'copy', words: 'Copy as CSV', reason: 'Nothing.', run: () => {} } as const
  expect(pageActions([], [offer], [], () => {})).toMatchObject([
    { group: 'This page', line: 'Copy as CSV', keys: null, disabledReason: 'Nothing.' },
  ])
})

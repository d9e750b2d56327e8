import { expect, test } from 'vitest'
import { confirmationWord, isConfirmed } from './confirm-name.ts'

const id = '1bedc50d-42b3-473c-b108-ff3d10c0d925'

test('the name confirms, and nothing less', () => {
  const tunnel = { id, name: 'lon-gw' }
  expect(isConfirmed('lon-gw', tunnel)).toBe(true)
  expect(isConfirmed(' lon-gw ', tunnel)).toBe(true)
  for (const typed of ['', 'lon', 'LON-GW', 'lon-gw2'])
    expect(isConfirmed(typed, tunnel)).toBe(false)
})

test('a name with characters nobody can see is typed as it is seen', () => {
  const tunnel = { id, name: 'safe\u202egpj.exe\u200b' }
  expect(confirmationWord(tunnel)).toBe('safegpj.exe')
  expect(isConfirmed('safegpj.exe', tunnel)).toBe(true)
})

test('a name with nothing to see is confirmed by the short id', () => {
  const tunnel = { id, name: '\u200b\u200b' }
  expect(confirmationWord(tunnel)).toBe('1bedc50d')
  expect(isConfirmed('1bedc50d', tunnel)).toBe(true)
  expect(isConfirmed('', tunnel)).toBe(false)
})

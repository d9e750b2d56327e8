import { expect, test } from 'vitest'
import { roleFor, saidBy } from './role-map.ts'

const lists = {
  admin: ['ada@example.com', 'net-admins'],
  operator: ['*@ops.example.com'],
  viewer: ['*@example.com'],
}

test.for([
  [['ada@example.com'], 'admin'],
  [['ADA@Example.com '], 'admin'],
  [['bo@ops.example.com'], 'operator'],
  [['cy@example.com'], 'viewer'],
  [['cy@example.com', 'net-admins'], 'admin'],
  // The highest, whatever the order.
  [['net-admins', 'x@example.com'], 'admin'],
  [['cy@evil-example.com'], null],
  [['cy@example.com.evil.net'], null],
  [['a@evil.net@example.com'], null],
  [['@example.com'], null],
  [['*@example.com'], 'viewer'],
  [['net-admin'], null],
  [[''], null],
  [[], null],
] as const)('%s is %s', ([said, role]) => {
  expect(roleFor(lists, said)).toBe(role)
})

test('an empty list lets nobody in, not even who says nothing', () => {
  expect(roleFor({ admin: [], operator: [], viewer: [''] }, [''])).toBeNull()
})

test.for([
  ['a,b', ['a', 'b']],
  [
    ['a', 3, null, 'b'],
    ['a', 'b'],
  ],
  [{ admin: true }, []],
  [null, []],
  [true, []],
] as const)('the claim %j says %j', ([claim, said]) => {
  expect(saidBy(claim)).toEqual(said)
})

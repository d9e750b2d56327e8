import { expect, test } from 'vitest'
import { type OperationId, operations } from '#contract/operations.ts'
import { roleMeanings } from './words.ts'

/** The word of each thing that an operator may do and a viewer may not. */
const operatorWords: Partial<Record<OperationId, string>> = {
  failoverRun: 'fails over',
  preferencePut: 'preferred connector',
  tunnelTag: 'tags',
  acknowledgementAdd: 'acknowledges',
  noteAdd: 'notes',
  noteDelete: 'notes',
  maintenanceAdd: 'maintenance',
  maintenanceEnd: 'maintenance',
  auditList: 'audit',
  auditCsv: 'audit',
  auditJsonl: 'audit',
}

test('what an operator may do is told where the role is given', () => {
  const own = Object.entries(operations).flatMap(([id, row]) =>
    row.role === 'operator' && ('audited' in row || 'own' in row) ? [id] : [],
  )
  expect(own.toSorted()).toEqual(Object.keys(operatorWords).toSorted())
  for (const word of Object.values(operatorWords))
    expect(roleMeanings.operator.toLowerCase()).toContain(word)
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStore, type Store } from '../store/open.ts'
import { createPeople } from './people.ts'

let folder: string
let db: Store
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-admins-'))
  db = (await openStore(folder, Date.now)).db
})
afterEach(async () => {
  await db.destroy()
  rmSync(folder, { recursive: true, force: true })
})

const none = 'last-admin'
/** Ada and Bea are admins, Ben is a viewer; each is switched off in turn. */
const cases = [
  ['both can come in', ['local'], { Ada: 'local', Bea: 'local' }, ['', '', none]],
  ['one can come in', ['local'], { Ada: 'local', Bea: 'access' }, ['', none, '']],
  ['no way of theirs is set up', ['local'], { Ada: 'access', Bea: 'access' }, ['', '', none]],
  ['nobody came in by the new way yet', ['access'], { Ada: 'local', Bea: 'local' }, ['', '', none]],
] as const

for (const [name, ways, methods, [ben, ada, bea]] of cases) {
  for (const deed of ['switched off', 'removed', 'made a viewer'] as const) {
    test(`where ${name}, only the last admin can’t be ${deed}`, async () => {
      const people = createPeople({ db, now: Date.now, ways })
      const outcomes = []
      const ids = []
      for (const one of ['Ben', 'Ada', 'Bea'] as const) {
        const way = one === 'Ben' ? 'local' : methods[one]
        const proof = way === 'local' ? { password: 'hash' } : { subject: `access:x:${one}` }
        ids.push((await people.add(one, one === 'Ben' ? 'viewer' : 'admin', proof)).id)
      }
      for (const id of ids) {
        const done =
          deed === 'removed'
            ? people.remove(id, Date.now())
            : people.change(id, deed === 'switched off' ? { disabledAt: 1 } : { role: 'viewer' })
        outcomes.push(
          await done.then(
            () => '',
            (error) => error.kind,
          ),
        )
      }
      expect(outcomes).toEqual([ben, ada, bea])
    })
  }
}

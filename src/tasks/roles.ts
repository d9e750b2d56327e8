import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toRolesTable } from './roles-table.ts'

/** `npm run roles`: writes docs/roles.md anew from the table of operations. */

writeFileSync(join(import.meta.dirname, '../../docs/roles.md'), toRolesTable())

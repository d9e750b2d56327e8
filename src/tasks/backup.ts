import { parseConfig } from '../proxy/config.ts'
import { backUp } from '../proxy/store/open.ts'

/** `npm run backup -- FILE`: a copy of the database, taken while Tandem runs. */
// As the database itself: for its owner only.
process.umask(0o077)
const [file] = process.argv.slice(2)
const parsed = parseConfig(process.env)
if ('faults' in parsed || file === undefined) {
  console.error('faults' in parsed ? parsed.faults.join('\n') : 'Usage: npm run backup -- FILE')
  process.exit(1)
}
try {
  await backUp(parsed.config.dataDir, file)
  console.log(`Backed up to ${file}.`)
} catch (error) {
  console.error((error as Error).message)
  process.exit(1)
}

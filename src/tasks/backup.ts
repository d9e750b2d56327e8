import { readSettings } from '../proxy/settings.ts'
import { backUp } from '../proxy/store/open.ts'
import { dataDirOf } from './data-dir.ts'

/** `npm run backup -- FILE`: a copy of the database, taken while Tandem runs. */
// As the database itself: for its owner only.
process.umask(0o077)
const [file] = process.argv.slice(2)
try {
  const dataDir = dataDirOf(readSettings())
  if (file === undefined) throw new Error('Usage: npm run backup -- FILE')
  await backUp(dataDir, file)
  console.log(`Backed up to ${file}.`)
} catch (error) {
  console.error((error as Error).message)
  process.exit(1)
}

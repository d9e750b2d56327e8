import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { type Anchors, type Audit, createAudit } from '../proxy/identity/audit.ts'
import { auditHeader, auditLine, auditRow } from '../proxy/identity/audit-export.ts'
import { readSettings } from '../proxy/settings.ts'
import { openToRead } from '../proxy/store/open.ts'
import { dataDirOf } from './data-dir.ts'

/**
 * `npm run audit -- verify|export`: the record of what people did, looked at from outside while Tandem
 * runs or not. It ends with 1 when a record was changed or is missing.
 */
const usage = `Usage: npm run audit -- verify [--log FILE]
       npm run audit -- export [--format csv|jsonl]

verify   follows the chain of records from the first to the last and names the first that was changed
         or is missing. With a copy of Tandem’s log it also finds a chain that was cut off or written anew.
export   prints every record, newest first; jsonl is the default.

--data-dir DIR   where the database is [TANDEM_DATA_DIR, of the environment or .env, or ./data;
                 in the demo its own folder there: demo, or demo-outage for the scene outage]
`

/** The hashes that a copy of the log names, by record. Other lines, and torn ones, are passed over. */
async function readAnchors(file: string): Promise<Anchors> {
  const anchors = new Map<number, Set<string>>()
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const found = /"audit":\{"seq":(\d+),"hash":"([0-9a-f]{64})"/.exec(line)
    if (!found) continue
    const [seq, hash] = [Number(found[1]), found[2] ?? '']
    anchors.set(seq, new Set(anchors.get(seq)).add(hash))
  }
  return anchors
}

/** @returns false when it is broken, or when the log that was to hold it holds nothing. */
async function verify(audit: Audit, log: string | undefined): Promise<boolean> {
  const anchors = log === undefined ? new Map() : await readAnchors(log)
  const { isWhole, records, last, fault } = await audit.verify(anchors)
  if (isWhole && log !== undefined && records > 0 && anchors.size === 0) {
    console.error(
      `The log holds no hash of a record, so it proves nothing: is ${log} a copy of Tandem’s? The chain itself is whole: ${records} records.`,
    )
    return false
  }
  if (isWhole) {
    const until = last ? `, the last of ${new Date(last.at).toISOString()} (${last.hash})` : ''
    const held = log === undefined ? '' : ` ${anchors.size} of them stand in the log, all alike.`
    console.log(`The chain is whole: ${records} records${until}.${held}`)
  } else {
    const before = last ? ` In order until record ${last.seq}.` : ''
    console.error(`The chain is broken. ${fault?.sentence ?? ''}${before}`)
  }
  return isWhole
}

async function print(audit: Audit, format: string) {
  if (format === 'csv') process.stdout.write(auditHeader)
  const toLine = format === 'csv' ? auditRow : auditLine
  for (let before: number | null | undefined; before !== null; ) {
    const everything = { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 500 }
    const page = await audit.list({ ...everything, before })
    process.stdout.write(page.records.map(toLine).join(''))
    before = page.before
  }
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      log: { type: 'string' },
      format: { type: 'string', default: 'jsonl' },
      'data-dir': { type: 'string', default: dataDirOf(readSettings()) },
    },
  })
  const [command] = positionals
  const isKnown = command === 'verify' || command === 'export'
  if (!isKnown || !['csv', 'jsonl'].includes(values.format)) {
    process.stderr.write(usage)
    return 1
  }
  const db = openToRead(values['data-dir'])
  const audit = createAudit({ db, now: Date.now, log: () => {} })
  try {
    if (command === 'verify') return (await verify(audit, values.log)) ? 0 : 1
    await print(audit, values.format)
    return 0
  } finally {
    await db.destroy()
  }
}

process.exitCode = await main().catch((error: Error) => {
  console.error(error.message)
  return 1
})

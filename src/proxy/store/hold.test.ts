import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { start } from '../../../e2e/processes.ts'
import { holdFolder } from './hold.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-hold-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('P14 one Tandem a folder', () => {
  test('a second one is refused in one sentence, and comes in when the first has let go', () => {
    const letGo = holdFolder(folder)
    expect(() => holdFolder(folder)).toThrow(
      /^Another Tandem \(.*\) is running on the folder .*end it/,
    )
    letGo()
    holdFolder(folder)()
  })

  test('a second one is told whose the folder is, where that is known', () => {
    const letGo = holdFolder(folder)
    const whose = `Another Tandem (process ${process.pid} on ${hostname()}) is running on the folder`
    expect(() => holdFolder(folder)).toThrow(whose)
    // As nobody would write it: what is said of it is left out.
    writeFileSync(join(folder, 'tandem.pid'), 'x\ny'.repeat(1000))
    expect(() => holdFolder(folder)).toThrow(/^Another Tandem is running on the folder .*end it/)
    letGo()
    expect(readdirSync(folder)).not.toContain('tandem.pid')
  })

  test('as processes: the second ends at once, and a killed one holds nothing', async () => {
    const env = { PORT: '0', TANDEM_DATA_DIR: folder }
    const run = () => start('proxy', ['--scene', 'empty'], { early: true, env })
    const first = run()
    await first.line(/is running: http:/)
    const second = run()
    expect(await second.ended).toBe(1)
    expect(second.output()).toMatch(
      /^Another Tandem \(process \d+ on \S+\) is running on the folder /m,
    )
    await first.end('SIGKILL')
    const third = run()
    expect(await third.line(/is running: http:/)).toContain('http://127.0.0.1:')
    await third.end('SIGKILL')
  }, 60_000)

  test.each([
    ['NFS', 0x6969],
    ['SMB', 0x517b],
    // Some systems tell the number with its sign.
    ['CIFS', 0xff534d42 | 0],
  ])('a network drive (%s) is refused', (name, kind) => {
    expect(() => holdFolder(folder, () => kind)).toThrow(`on a network drive (${name})`)
  })
})

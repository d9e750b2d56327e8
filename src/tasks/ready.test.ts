import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

/** What comes before `npm start` can do anything, as a shell runs it; but for one, with an npm that installs nothing. */

const { scripts } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'),
) as { scripts: { ready: string } }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-ready-'))
  writeFileSync(join(folder, 'package-lock.json'), '{}')
})
afterEach(() => rmSync(folder, { recursive: true }))

function ready(exit: number) {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'npm'), `#!/bin/sh\nexit ${exit}\n`, { mode: 0o755 })
  const env = { PATH: `${bin}:${process.env.PATH}` }
  const { status, stdout } = spawnSync('sh', ['-c', scripts.ready], {
    cwd: folder,
    env,
    encoding: 'utf8',
  })
  return { status, stdout }
}

test('whoever starts it with nothing installed is told what takes a minute', () => {
  expect(ready(0)).toEqual({ status: 0, stdout: expect.stringMatching(/^Installing .*\n$/) })
})

test('an installation that fails ends it', () => {
  expect(ready(1).status).toBe(1)
})

function install() {
  mkdirSync(join(folder, 'node_modules'))
  const [before, now] = [new Date(0), new Date()]
  const lock = join(folder, 'package-lock.json')
  const installed = join(folder, 'node_modules', '.package-lock.json')
  writeFileSync(installed, '{}')
  utimesSync(lock, before, before)
  utimesSync(installed, now, now)
}

function compile() {
  const compiled = join(folder, 'node_modules/better-sqlite3/build/Release')
  mkdirSync(compiled, { recursive: true })
  writeFileSync(join(compiled, 'better_sqlite3.node'), '')
}

test('where everything is installed it says nothing', () => {
  install()
  compile()
  mkdirSync(join(folder, 'node_modules/tsx'))
  expect(ready(1)).toEqual({ status: 0, stdout: '' })
})

test('packages alone, as `npm test` installs them and may have been stopped at, are not enough', () => {
  install()
  expect(ready(0).stdout).toMatch(/^Installing /)
})

test('nor are those without what builds it, as `NODE_ENV=production npm ci` leaves it out', () => {
  install()
  compile()
  expect(ready(0).stdout).toMatch(/^Installing /)
})

/** A project of one package `better-sqlite3`, which its own script compiles, with the scripts of this one. */
function project() {
  mkdirSync(join(folder, 'module'))
  const module = { name: 'better-sqlite3', version: '1.0.0' }
  const compiles =
    'mkdir -p build/Release && env > build/Release/env && touch build/Release/better_sqlite3.node'
  writeFileSync(
    join(folder, 'module/package.json'),
    JSON.stringify({ ...module, scripts: { install: compiles } }),
  )
  const tsx = join(import.meta.dirname, '../../node_modules/.bin/tsx')
  const native = `${tsx} ${join(import.meta.dirname, 'native.ts')}`
  const dependencies = { 'better-sqlite3': 'file:module' }
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ dependencies, scripts: { ...scripts, native } }),
  )
  const packages = {
    '': { dependencies },
    module: { version: '1.0.0', hasInstallScript: true },
    'node_modules/better-sqlite3': { resolved: 'module', link: true },
  }
  const lock = { lockfileVersion: 3, requires: true, packages }
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock))
}

test('where npm is told to run no scripts, the native module is compiled all the same', () => {
  project()
  writeFileSync(join(folder, '.npmrc'), 'ignore-scripts=true\n')
  const env = { PATH: process.env.PATH, HOME: folder }
  const { status } = spawnSync('npm', ['run', '--silent', 'ready'], { cwd: folder, env })
  expect([status, existsSync(join(folder, 'module/build/Release/env'))]).toEqual([0, true])
}, 60_000)

test('the compile comes before a download, and takes the headers beside Node or those that npm is told', () => {
  project()
  const ready = (env = {}) => {
    rmSync(join(folder, 'node_modules'), { recursive: true, force: true })
    const own = { PATH: process.env.PATH, HOME: folder, ...env }
    spawnSync('npm', ['run', '--silent', 'ready'], { cwd: folder, env: own })
    const lines = readFileSync(join(folder, 'module/build/Release/env'), 'utf8').split('\n')
    return lines
      .filter((line) => /^npm_config_(?:nodedir|build_from_source)=./.test(line))
      .toSorted()
  }
  const prefix = join(process.execPath, '../..')
  const beside = existsSync(join(prefix, 'include/node/node_version.h'))
    ? [`npm_config_nodedir=${prefix}`]
    : []
  expect(ready()).toEqual(['npm_config_build_from_source=true', ...beside])
  expect(ready({ npm_config_nodedir: '/elsewhere' })).toEqual([
    'npm_config_build_from_source=true',
    'npm_config_nodedir=/elsewhere',
  ])
}, 60_000)

test('nor is anything left to what npm runs before or after a script by itself', () => {
  const names = Object.keys(scripts)
  const around = new Set(names.flatMap((name) => [`pre${name}`, `post${name}`]))
  expect(names.filter((name) => around.has(name))).toEqual([])
})

test('what builds it is installed in production too', () => {
  mkdirSync(join(folder, 'builder'))
  writeFileSync(join(folder, 'builder/package.json'), '{"name":"builder","version":"1.0.0"}')
  const devDependencies = { builder: 'file:builder' }
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ devDependencies, scripts: { native: ':' } }),
  )
  const packages = {
    '': { devDependencies },
    builder: { version: '1.0.0', dev: true },
    'node_modules/builder': { resolved: 'builder', link: true },
  }
  const lock = { lockfileVersion: 3, requires: true, packages }
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock))
  const env = { PATH: process.env.PATH, HOME: folder, NODE_ENV: 'production' }
  const { status } = spawnSync('sh', ['-c', scripts.ready], { cwd: folder, env })
  expect([status, existsSync(join(folder, 'node_modules/builder'))]).toEqual([0, true])
}, 60_000)

import { randomUUID } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { type Invitation, PersonAddition, personRoles } from '#contract/people.ts'
import { isLoopback } from '#proxy/config.ts'
import { onRecord } from '#proxy/identity/actions.ts'
import { createAudit } from '#proxy/identity/audit.ts'
import { createPeople } from '#proxy/identity/people.ts'
import { createSessions } from '#proxy/identity/sessions.ts'
import { readSettings, type Settings } from '#proxy/settings.ts'
import { readOutsideSignIn, waysOf } from '#proxy/sign-in-config.ts'
import { openBeside } from '#proxy/store/open.ts'
import { dataDirOf } from './data-dir.ts'

/**
 * `npm run people -- list | invite NAME ROLE | reset NAME | disable NAME`: who may come in, from the host
 * itself, while Tandem runs or not. It is how access comes back when nobody can sign in any more.
 */
const usage =
  'Usage: npm run people -- list | invite NAME viewer|operator|admin | reset NAME | disable NAME'

let settings: Settings
const setting = (name: string, fallback: string) => settings[name]?.trim() || fallback

function say(line: string) {
  process.stdout.write(`${line}\n`)
}

/** Where people reach Tandem, as far as its settings tell. */
function address(): string {
  const host = setting('HOST', '127.0.0.1')
  const plain = `http://${isIPv6(host) ? `[${host}]` : host}:${setting('PORT', '8787')}`
  return setting('TANDEM_PUBLIC_URL', plain).replace(/\/$/, '')
}

/** The ways to sign in, as far as the settings tell: they may be in Tandem's own environment only. */
function outside() {
  const read = (name: string) => setting(name, '')
  const list = (name: string) =>
    read(name)
      .split(',')
      .filter((entry) => entry.trim() !== '')
  return readOutsideSignIn({
    read,
    list,
    publicUrl: null,
    isLoopback,
    // Tandem's start has told.
    fault: () => {},
  })
}

/**
 * It would open no link.
 *
 * @throws an Error with one line for people where nobody signs in with a password.
 */
function assertPasswords() {
  if (setting('TANDEM_SIGN_IN', 'on') === 'off') {
    throw new Error('TANDEM_SIGN_IN=off: nobody signs in here, and a link could not be used.')
  }
  const { localAccounts, access, oidc } = outside()
  if (localAccounts) return
  const others = [access && 'Cloudflare Access', oidc && 'OpenID Connect'].filter(Boolean)
  throw new Error(
    `People sign in here with ${others.join(' or ')} only, and a link to set a password could not be used. Give them their role there, or set TANDEM_LOCAL_ACCOUNTS=on, start Tandem again and repeat this.`,
  )
}

function sayInvitation({ person, path, expiresAt }: Invitation) {
  say(`A link for ${person.name} (${person.role}), good once and until ${when(expiresAt)}:`)
  say(`  ${address()}${path}`)
}

const when = (at: number) =>
  new Date(at).toISOString().slice(0, 16).replace('T', ' ').concat(' UTC')

async function run([command, name, role]: string[]) {
  const db = openBeside(dataDirOf(settings))
  try {
    const now = Date.now
    const people = createPeople({ db, now, ways: waysOf(outside()) })
    const sessions = createSessions({ db, now })
    const audit = createAudit({
      db,
      now,
      // Tandem's own log is another process's: appended to its copy, this line holds the chain like its own.
      log: (facts) => say(`For the copy of Tandem’s log: ${JSON.stringify(facts)}`),
    })
    const noting = <T>(
      what: 'person-added' | 'password-reset' | 'person-disabled',
      id: string,
      facts: object,
      work: () => Promise<T>,
    ) => {
      const entry = {
        who: { id: 'machine', name: 'npm run people', role: 'admin' },
        from: null,
        what,
        tunnelId: null,
        target: `person:${id}`,
        facts: { ...facts },
        requestId: null,
      } as const
      return onRecord(audit, entry, work)
    }
    const known = async () => {
      const row = name === undefined ? undefined : await people.byName(name)
      if (!row) throw new Error(name === undefined ? usage : `There is nobody named ${name}.`)
      return row
    }

    if (command === 'list') {
      const all = await people.list()
      if (all.length === 0) say('Nobody yet: Tandem prints a set-up code when it starts.')
      for (const one of all) {
        const seen = one.seenAt === null ? '' : `  last seen ${when(one.seenAt)}`
        say(`${one.name}  ${one.role}  ${one.state}${one.hasSecondFactor ? '  2FA' : ''}${seen}`)
      }
    } else if (command === 'invite') {
      const chosen = PersonAddition.safeParse({ name, role })
      if (!chosen.success) {
        const wrong = chosen.error.issues[0]
        const isName = name !== undefined && wrong?.path[0] === 'name'
        throw new Error(isName ? `NAME ${wrong.message}.` : `${usage} (${personRoles.join(', ')})`)
      }
      assertPasswords()
      const id = randomUUID()
      const row = await noting('person-added', id, chosen.data, () =>
        people.add(chosen.data.name, chosen.data.role, { id }),
      )
      sayInvitation(await people.invite(row))
    } else if (command === 'reset') {
      const row = await known()
      assertPasswords()
      const isOff = row.disabled_at !== null
      const facts = { name: row.name, ...(isOff ? { disabled: { from: true, to: false } } : {}) }
      const made = await noting('password-reset', row.id, facts, async () => {
        const invitation = await people.invite({ ...row, disabled_at: null })
        await people.set(row.id, { disabled_at: null })
        return invitation
      })
      await sessions.endAll(row.id)
      sayInvitation(made)
      if (isOff) say(`${row.name} was switched off and is switched on again.`)
      say('The present password and codes stay good until the link is used.')
    } else if (command === 'disable') {
      const row = await known()
      await noting('person-disabled', row.id, { name: row.name }, () =>
        people.change(row.id, { disabledAt: now() }),
      )
      await sessions.endAll(row.id)
      say(`${row.name} can’t sign in any more, and is signed out everywhere within 15 seconds.`)
    } else throw new Error(usage)
  } finally {
    await db.destroy()
  }
}

try {
  settings = readSettings()
  await run(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

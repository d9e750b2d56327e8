import { randomUUID } from 'node:crypto'
import { join as pathOf } from 'node:path'
import type { Page } from '@playwright/test'
import Database from 'better-sqlite3'
import type { Person, PersonList } from '../src/contract/people.ts'
import { expectAccessible } from './axe.ts'
import { join, overflow, password, post, setUp, signIn } from './entrance.ts'
import { expect, test } from './fixtures.ts'

/** Admins let people in, change what they may, and show them out. */

test.use({ env: { TANDEM_SIGN_IN: 'on' } })
test.beforeEach(async ({ page, tandem }) => setUp(page, tandem))

const rowOf = (page: Page, name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('rowheader', { name }) })
const dialog = (page: Page, name: string | RegExp) => page.getByRole('dialog', { name })

async function choose(page: Page, name: string, action: string) {
  await page.getByRole('button', { name: `Actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: action }).click()
}

/** The link that the dialog shows at this one time. */
async function linkIn(page: Page) {
  await page.getByRole('button', { name: 'Show the link' }).click()
  return page.getByRole('dialog').getByRole('code').innerText()
}

test('an admin invites somebody, who comes in by the link and stands in the list', async ({
  page,
  secondPage,
}) => {
  await page.getByRole('button', { name: 'You: Ada admin' }).click()
  await expectAccessible(page)
  await page.getByRole('menuitem', { name: 'People' }).click()
  await expect(rowOf(page, 'Ada')).toContainText('You')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Invite a person' }).click()
  const invite = dialog(page, 'Invite a person')
  await invite.getByRole('textbox', { name: 'Name' }).fill('ada')
  await invite.getByRole('button', { name: 'Make the link' }).click()
  await expect(invite.getByText('There is a person named ada already.')).toBeVisible()
  await expectAccessible(page)
  await invite.getByRole('textbox', { name: 'Name' }).fill('Ben')
  await invite.getByRole('radio', { name: 'Operator' }).check()
  await invite.getByRole('button', { name: 'Make the link' }).click()
  await expect(dialog(page, 'A link for Ben')).toBeVisible()
  await expectAccessible(page)
  const link = await linkIn(page)
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByRole('region', { name: 'Open invitations' })).toContainText(
    'Ben may join as operator',
  )
  await expect(rowOf(page, 'Ben')).toContainText('Invited')
  expect(await page.content()).not.toContain(link.split('#')[1])

  await join(secondPage, link)
  await expect(rowOf(page, 'Ben')).toContainText('Active')
  await expect(page.getByRole('region', { name: 'Open invitations' })).toBeHidden()
})

test('whatever the menu of somebody does, the palette does by their name, and says why not', async ({
  page,
}) => {
  for (const name of ['Ada', 'Grace']) await post(page, '/people', { name, role: 'viewer' })
  await page.goto('/people')
  await expect(rowOf(page, 'Grace')).toBeVisible()
  const palette = page.getByRole('dialog', { name: 'Find anything' })
  const lookFor = async (words: string) => {
    await page.keyboard.press('ControlOrMeta+k')
    await palette.getByRole('combobox').fill(words)
  }
  await page.keyboard.press('ControlOrMeta+k')
  await expect(palette.getByRole('option', { name: 'Invite a person' })).toBeVisible()
  // What there is for each of many is listed when somebody looks for it.
  await expect(palette.getByRole('option', { name: /Grace/ })).toHaveCount(0)
  await palette.getByRole('combobox').fill('grace')
  await expect(palette.getByRole('option')).toHaveText([
    'Change role:Grace',
    'Sessions:Grace',
    'New invitation link:Grace',
    'Take the link back:Grace',
    'Switch off:Grace',
    'Remove:Grace',
  ])
  await page.keyboard.press('Escape')
  for (const [words, title] of [
    ['role grace', /^Change the role of Grace/],
    ['sessions grace', /Grace/],
    ['remove grace', /^Remove Grace/],
    // Over a dialog that lies there: it gives way, and one Escape is enough.
    ['switch off ada', /Ada/],
  ] as const) {
    await lookFor(words)
    await expect(palette.getByRole('option')).toHaveCount(1)
    await page.keyboard.press('Enter')
    await expect(dialog(page, title)).toBeVisible()
  }
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await choose(page, 'Grace', 'Switch off')
  await dialog(page, /Grace/).getByRole('button', { name: 'Switch off' }).click()
  await expect(rowOf(page, 'Grace')).toContainText('Switched off')
  await lookFor('reset password grace')
  await expect(palette.getByRole('option').first()).toContainText('Switch this person on first.')
})

test('a link that was taken back opens nothing, and a new one does', async ({
  page,
  secondPage,
}) => {
  const { path } = await post(page, '/people', { name: 'Cai', role: 'viewer' })
  await page.goto('/people')
  await page.getByRole('button', { name: 'Take back the link of Cai' }).click()
  await expectAccessible(page)
  await dialog(page, 'Take back the link of Cai').getByRole('button', { name: 'Take back' }).click()
  await expect(rowOf(page, 'Cai')).toContainText('Not joined')
  await secondPage.goto(path)
  await expect(secondPage.getByRole('alert')).toContainText('This link is no longer good')
  await choose(page, 'Cai', 'New invitation link')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Make the link' }).click()
  await join(secondPage, await linkIn(page))
})

test('another role, and being switched off, take effect at once', async ({ page, secondPage }) => {
  const { path } = await post(page, '/people', { name: 'Vic', role: 'viewer' })
  await join(secondPage, path)
  const door = secondPage.getByRole('heading', { name: 'Sign in', level: 1 })
  await page.goto('/people')

  await choose(page, 'Vic', 'Change role')
  const role = dialog(page, 'Change the role of Vic')
  await expect(role.getByRole('button', { name: 'Change role' })).toHaveAttribute(
    'aria-disabled',
    'true',
  )
  await role.getByRole('radio', { name: 'Operator' }).check()
  await expectAccessible(page)
  await role.getByRole('button', { name: 'Change role' }).click()
  await expect(rowOf(page, 'Vic')).toContainText('operator')
  await expect(door).toBeVisible()
  await signIn(secondPage, 'Vic', password)
  await expect(secondPage.getByRole('button', { name: 'You: Vic operator' })).toBeVisible()

  await choose(page, 'Vic', 'Switch off')
  await expectAccessible(page)
  await expect(dialog(page, 'Switch Vic off')).toContainText('An open link for them ends')
  await dialog(page, 'Switch Vic off').getByRole('button', { name: 'Switch off' }).click()
  await expect(rowOf(page, 'Vic')).toContainText('Switched off')
  await expect(door).toBeVisible()
  await choose(page, 'Vic', 'Switch on')
  await dialog(page, 'Switch Vic on').getByRole('button', { name: 'Switch on' }).click()
  await expect(rowOf(page, 'Vic')).toContainText('Active')
})

test('what another admin did first is not undone by the dialog that was to do it', async ({
  page,
}) => {
  const { person } = await post(page, '/people', { name: 'Vic', role: 'viewer' })
  await page.goto('/people')
  for (const [word, other, disabled] of [
    ['off', 'Switched off', true],
    ['on', 'Not joined', false],
  ] as const) {
    await choose(page, 'Vic', `Switch ${word}`)
    const open = dialog(page, `Switch Vic ${word}`)
    await expect(open).toBeVisible()
    await page.evaluate(
      ([personId, body]) =>
        fetch(`/api/people/${personId}`, {
          method: 'PATCH',
          headers: { 'content-type': 'application/json', 'x-requested-by': 'tandem' },
          body,
        }).then(({ ok }) => ok),
      [person.id, JSON.stringify({ disabled })] as const,
    )
    await expect(rowOf(page, 'Vic')).toContainText(other)
    const submit = open.getByRole('button', { name: `Switch ${word}` })
    await expect(submit).toHaveAccessibleDescription(`They are switched ${word} already.`)
    await open.getByRole('button', { name: 'Cancel' }).click()
    await expect(open).toBeHidden()
  }
})

test('what switching on and removing promise is true of whoever never came in, or signs in elsewhere', async ({
  page,
}) => {
  const { person } = await post(page, '/people', { name: 'Vic', role: 'viewer' })
  let told: Partial<Person> = { state: 'disabled' }
  await page.route('**/api/people', async (route) => {
    const { people } = (await (await route.fetch()).json()) as PersonList
    await route.fulfill({ json: { people: people.map((one) => ({ ...one, ...told })) } })
  })
  await page.goto(`/people?dialog=on&person=${person.id}`)
  const on = dialog(page, 'Switch Vic on')
  await expect(on).toContainText(
    'They have not signed in yet: make a new link, by which they choose a password.',
  )
  told = { state: 'disabled', method: 'oidc' }
  await page.reload()
  await expect(on).toContainText(
    'They can sign in with your organisation again; their role comes from there.',
  )

  told = { method: 'access' }
  await page.goto('/people')
  await choose(page, 'Ada', 'Remove')
  const remove = dialog(page, 'Remove Ada')
  await expect(remove).toContainText(
    'You will be signed out, and added again when you next sign in with Cloudflare Access.',
  )
  await expect(remove).not.toContainText('They would come back')
  await remove.getByRole('button', { name: 'Cancel' }).click()
  await choose(page, 'Vic', 'Remove')
  await expect(dialog(page, 'Remove Vic')).toContainText('They would come back')
})

test('an admin sees where somebody is signed in, ends it, and removes them', async ({
  page,
  secondPage,
}) => {
  const { path } = await post(page, '/people', { name: 'Vic', role: 'viewer' })
  await join(secondPage, path)
  const door = secondPage.getByRole('heading', { name: 'Sign in', level: 1 })
  await page.goto('/people')
  await choose(page, 'Vic', 'Sessions')
  const sessions = dialog(page, 'Sessions of Vic')
  await expect(sessions.getByRole('listitem')).toContainText('Chrome on Linux')
  await expectAccessible(page)
  await sessions.getByRole('button', { name: 'End all sessions' }).click()
  await expect(sessions).toContainText('Signed in nowhere.')
  await expect(door).toBeVisible()
  await sessions.getByRole('button', { name: 'Done' }).click()

  await choose(page, 'Vic', 'Remove')
  await expectAccessible(page)
  await dialog(page, 'Remove Vic').getByRole('button', { name: 'Remove' }).click()
  await expect(rowOf(page, 'Vic')).toHaveCount(0)
})

test('the last admin stays, and is told why', async ({ page }) => {
  await page.goto('/people')
  await choose(page, 'Ada', 'Remove')
  const remove = dialog(page, 'Remove Ada')
  await expect(remove).toContainText('This is you')
  await remove.getByRole('button', { name: 'Remove' }).click()
  await expect(remove.getByRole('alert')).toContainText('Make somebody else an admin first.')
  await remove.getByRole('button', { name: 'Cancel' }).click()
  await expect(rowOf(page, 'Ada')).toBeVisible()
})

test('S17 whoever is no admin reads why the page is not for them, and is refused without the page too', async ({
  page,
  secondPage,
}) => {
  const { path } = await post(page, '/people', { name: 'Vic', role: 'viewer' })
  await join(secondPage, path)
  await secondPage.getByRole('button', { name: 'You: Vic viewer' }).click()
  await expect(secondPage.getByRole('menuitem', { name: 'People' })).toHaveAttribute(
    'aria-disabled',
    'true',
  )
  for (const [path, deed] of [
    ['/people', 'Managing people'],
    ['/screens', 'Managing screens'],
  ]) {
    await secondPage.goto(path ?? '')
    await expect(secondPage.getByRole('main')).toContainText(
      `${deed} needs the role of an admin; you are a viewer.`,
    )
  }
  await expectAccessible(secondPage)
  const headers = { 'x-requested-by': 'tandem', origin: new URL(secondPage.url()).origin }
  for (const [method, path] of [
    ['GET', '/people'],
    ['GET', '/screens'],
    ['GET', '/audit'],
    ['POST', '/people'],
    ['POST', '/tunnels'],
  ]) {
    const body = method === 'GET' ? {} : { data: { name: 'par-core', role: 'admin', ha: true } }
    const answer = await secondPage.request.fetch(`/api${path}`, { method, headers, ...body })
    const { status, type } = await answer.json()
    expect([path, status, type]).toEqual([path, 403, 'urn:tandem:problem:role-missing'])
  }
})

test('two hundred people are found by a word, and nothing is wider than a telephone', async ({
  page,
  tandem,
}) => {
  const names = [
    'Ω'.repeat(64),
    'مشغّل الليل شبكة الرياض الرئيسية',
    ...Array.from({ length: 197 }, (_, n) => `Person ${String(n).padStart(3, '0')}`),
  ]
  const database = new Database(pathOf(tandem.dataDir, 'tandem.db'))
  const add = database.prepare(
    "insert into people (id, name, name_key, role, created_at) values (?, ?, ?, 'viewer', ?)",
  )
  database.transaction(() => {
    for (const name of names) add.run(randomUUID(), name, name.toLowerCase(), Date.now())
  })()
  database.close()
  await page.goto('/people')
  await expect(page.getByText('200 people, 1 active admin')).toBeVisible()
  await expect(page.getByRole('rowheader')).toHaveCount(200)
  await page.setViewportSize({ width: 360, height: 740 })
  expect(await overflow(page)).toBe(0)
  await page.getByRole('searchbox', { name: 'Name, role or state' }).fill('person 07')
  // 007, 070 to 079, and 107.
  await expect(page.getByRole('rowheader')).toHaveCount(12)
  await expectAccessible(page)
  await page.getByRole('searchbox', { name: 'Name, role or state' }).fill('')
  await page.keyboard.type('nobody of the kind')
  await expect(page.getByText('Nobody matches “nobody of the kind”')).toBeVisible()
  await page.getByRole('button', { name: 'Show everybody' }).click()
  await expect(page.getByRole('rowheader')).toHaveCount(200)
})

test('few people are searched by an address too, and what is typed is said at once', async ({
  page,
}) => {
  await page.goto('/people?q=nobody')
  await expect(page.getByText('Nobody matches “nobody”')).toBeVisible()
  const field = page.getByRole('searchbox', { name: 'Name, role or state' })
  await expect(field).toHaveValue('nobody')
  // The address does not follow while the clock stands.
  await page.clock.install()
  await page.clock.pauseAt(Date.now() + 1000)
  await field.fill('no one')
  await expect(page.getByText('Nobody matches “no one”')).toBeVisible()
  await page.getByRole('button', { name: 'Show everybody' }).click()
  await expect(rowOf(page, 'Ada')).toBeVisible()
})

test('when Tandem does not answer, the page says so and keeps what it knew', async ({
  page,
  tandem,
}) => {
  await page.goto('/people')
  await expect(rowOf(page, 'Ada')).toBeVisible()
  await tandem.end('SIGKILL')
  await expect(page.getByRole('main').getByRole('alert')).toContainText('Tandem does not answer')
  await expect(rowOf(page, 'Ada')).toBeVisible()
  await tandem.again()
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('main').getByRole('alert')).toBeHidden()
})

import type { Page } from '@playwright/test'
import { expectAccessible } from './axe.ts'
import { setUp } from './entrance.ts'
import { rowOf, short } from './find.ts'
import { bare, expect, look, test } from './fixtures.ts'
import { createGate } from './gate.ts'
import { startTandem } from './tandem.ts'

/** Hands that stay on the keyboard: every action is in the palette, with its key and with why not. */

const palette = (page: Page) => page.getByRole('dialog', { name: 'Find anything' })
const option = (page: Page, name: RegExp | string) => palette(page).getByRole('option', { name })

test('j, f, a tick a risk, Tab and Enter lead from the list to a confirmed failover', async ({
  page,
  world,
}) => {
  const { standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'normal', demoteMs: 0, promoteMs: 500 })
  await page.goto('/?q=lon-branch-core')
  await expect(page.getByRole('rowheader')).toHaveCount(1)
  await page.keyboard.press('j')
  await expect(rowOf(page, 'lon-branch-core')).toBeFocused()
  await page.keyboard.press('f')
  const dialog = page.getByRole('dialog', { name: /Fail over/ })
  const risks = dialog.getByRole('group', { name: /risks? to accept$/ }).getByRole('checkbox')
  await expect(risks.first()).toBeVisible()
  const count = await risks.count()
  for (let number = 1; number <= count; number += 1) await page.keyboard.press(String(number))
  await page.keyboard.press('Tab')
  await expect(dialog.getByRole('button', { name: `Promote ${short(standby.id)}` })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toContainText(/Confirmed after/)
})

look(
  'a key that can’t do what it is for says why, on the list and on every page of a tunnel',
  async ({ page, world }) => {
    await page.goto('/')
    const why = page.getByRole('alert', { name: 'Why not' })
    await rowOf(page, 'sin-warehouse-ot').focus()
    await page.keyboard.press('f')
    await expect(why).toHaveText(
      'sin-warehouse-ot: No standby is connected: nobody could take over.',
    )
    await page.keyboard.press('a')
    await expect(why).toHaveText('sin-warehouse-ot: Nothing waits for an acknowledgement.')
    await rowOf(page, 'jnb-clinic-lan').focus()
    await page.keyboard.press('f')
    await expect(why).toContainText('jnb-clinic-lan: The tunnel is not HA:')
    await page.keyboard.press('j')
    await expect(why).toHaveCount(0)

    const { id, connectors } = await world.tunnel('sin-warehouse-ot')
    for (const path of [`/tunnels/${id}`, `/tunnels/${id}/connectors/${connectors[0]?.id}`]) {
      await page.goto(path)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await page.keyboard.press('f')
      await expect(why).toBeVisible()
    }
  },
)

look('the palette acts on the row under the cursor, and names it', async ({ page }) => {
  await page.goto('/')
  const row = rowOf(page, 'lon-branch-core')
  await row.focus()
  await page.keyboard.press('ControlOrMeta+k')
  await expect(option(page, /^Fail over lon-branch-core f$/)).toBeVisible()
  await page.keyboard.type('rename')
  await expect(option(page, /^Rename lon-branch-core$/)).toBeVisible()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: /Rename/ })
  await expect(dialog).toBeVisible()
  // A dialog chosen over another one takes its place: one Escape is enough.
  await page.keyboard.press('ControlOrMeta+k')
  await palette(page).getByRole('combobox').fill('write a note')
  await page.keyboard.press('Enter')
  const note = page.getByRole('dialog', { name: 'Write a note' })
  await expect(note).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(note).toBeHidden()
  await expect(row).toBeFocused()
})

look(
  'the palette knows an action with a name, common words, and what the list is filtered by',
  async ({ page }) => {
    await page.goto('/')
    await rowOf(page, 'lon-branch-core').focus()
    await page.keyboard.press('ControlOrMeta+k')
    const field = palette(page).getByRole('combobox')
    // No key is promised that the list does not answer.
    await expect(option(page, /^Write a note to lon-branch-core$/)).toBeVisible()
    await field.fill('rename sfo')
    await expect(option(page, /^Rename sfo-lab-poc$/)).toHaveAttribute('aria-selected', 'true')
    await expect(palette(page).getByRole('status')).toHaveText('1 result')
    await field.fill('promote')
    await expect(option(page, /^Fail over lon-branch-core/)).toBeVisible()
    await field.fill('token')
    await expect(option(page, /^Add a replica to lon-branch-core/)).toBeVisible()
    await field.fill('no standby')
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/readiness=exposed/)
    await page.keyboard.press('ControlOrMeta+k')
    await field.fill('filter down')
    await expect(option(page, 'Tunnels: Down')).toBeVisible()
    await field.fill('fail ams')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('dialog', { name: /Fail over/ })).toBeVisible()
  },
)

look(
  'on a tunnel’s page each action stands beside its key, and what waits for nothing says so',
  async ({ page, world }) => {
    const { id } = await world.tunnel('lon-branch-core')
    await page.goto(`/tunnels/${id}`)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await page.keyboard.press('ControlOrMeta+k')
    for (const name of [
      /^Fail over .* f$/,
      /^Acknowledge changes of .* Nothing waits/,
      /^Write a note to .* n$/,
      /^Announce maintenance of .* m$/,
      /^Report about .* r$/,
      /^Add a replica to /,
      /^Rotate the secret of /,
      /^Change the HA configuration of /,
      /^Delete /,
      /^Export the history of /,
      /^Make a wall g w$/,
      /^Create a tunnel c$/,
      /^Dark or light Shift D$/,
      /^Export the audit as CSV$/,
    ]) {
      await expect(option(page, name)).toBeAttached()
    }
    await expectAccessible(page)
    await palette(page).getByRole('combobox').fill('export history')
    const [file] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
    expect(file.suggestedFilename()).toMatch(/\.csv$/)
    await expect(palette(page)).toBeHidden()
    await page.keyboard.press('r')
    await expect(page).toHaveURL(/\/report/)
  },
)

/** The keys that stand beside what is listed. */
const keysOf = (page: Page) =>
  palette(page)
    .getByRole('option')
    .evaluateAll((options) =>
      options.flatMap((each) => {
        const keys = [...each.querySelectorAll('kbd')].map((key) => key.textContent)
        return keys.length > 0 ? [keys.join(' ')] : []
      }),
    )

look(
  'every key of the help is an action of the palette, unless it only moves',
  async ({ page, world }) => {
    await page.goto('/')
    await expect(rowOf(page, 'lon-branch-core')).toBeVisible()
    await page.keyboard.press('?')
    const help = page.getByRole('dialog')
    await expect(help).toBeVisible()
    const listed = await help.getByRole('listitem').evaluateAll((rows) =>
      rows.flatMap((row) => {
        const first = row.querySelector('kbd')?.parentElement
        const place = row.closest('section')?.querySelector('h3')?.textContent ?? ''
        const ownKeys = [
          'Failing over',
          'A timeline',
          'The connections over time',
          'The search of the list',
          'A group of the list',
        ]
        if (!first || ownKeys.includes(place)) return []
        return [[...first.querySelectorAll('kbd')].map((key) => key.textContent).join(' ')]
      }),
    )
    await page.keyboard.press('Escape')
    await expect(help).toBeHidden()
    await rowOf(page, 'lon-branch-core').focus()
    await page.keyboard.press('x')
    await expect(page.getByRole('region', { name: 'Selected tunnels' })).toBeVisible()
    await page.keyboard.press('ControlOrMeta+k')
    await expect(option(page, /^Fail over lon-branch-core/)).toBeAttached()
    const ofList = await keysOf(page)
    await page.goto(`/tunnels/${(await world.tunnel('lon-branch-core')).id}`)
    await expect(page.getByRole('button', { name: 'Copy a link to this stretch' })).toBeVisible()
    await page.keyboard.press('ControlOrMeta+k')
    await expect(option(page, /^Fail over lon-branch-core/)).toBeAttached()
    const actions = new Set([...ofList, ...(await keysOf(page))])
    expect(listed.filter((keys) => !actions.has(keys))).toEqual([
      '/',
      'Ctrl K',
      'j',
      'k',
      'Home',
      'End',
      'Enter',
      'Shift ↓',
      // It is listed: with why not, where its key would stand.
      'a',
    ])
  },
)

look('the keys that a place answers by itself stand in the help', async ({ page }) => {
  await page.goto('/')
  await expect(rowOf(page, 'lon-branch-core')).toBeVisible()
  await page.keyboard.press('?')
  const help = page.getByRole('dialog')
  for (const [place, does, keys] of [
    ['The search of the list', 'To the rows that match', '↓ or Enter'],
    ['The search of the list', 'Empty it; leave it when it is empty', 'Esc'],
    ['A group of the list', 'Open it', '→'],
    ['A group of the list', 'Close it', '←'],
    ['A timeline', 'The first or last interval', 'Home or End'],
    ['A timeline', 'Back to the stretch before', 'Backspace or Esc'],
  ] as const) {
    const keysOfPlace = help.locator('section').filter({ hasText: place })
    const line = keysOfPlace.getByRole('listitem').filter({ hasText: does })
    await expect(line).toHaveText(`${does}${keys.replaceAll(' ', '')}`)
  }
})

test('what a part of the page does is in the palette while it is there, and the focus goes where it leads', async ({
  page,
  context,
  world,
}) => {
  await page.goto('/')
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const copied = () => page.evaluate(() => navigator.clipboard.readText())
  const choose = async (words: string) => {
    await page.keyboard.press('ControlOrMeta+k')
    await palette(page).getByRole('combobox').fill(words)
    await page.keyboard.press('Enter')
    await expect(palette(page)).toBeHidden()
  }
  const row = rowOf(page, 'lon-branch-core')
  await row.focus()
  await page.keyboard.press('x')
  await expect(page.getByRole('region', { name: 'Selected tunnels' })).toBeVisible()
  await choose('copy selected csv')
  await expect(page.getByText('Copied', { exact: true })).toBeVisible()
  expect(await copied()).toContain('lon-branch-core')
  await expect(row).toBeFocused()
  await choose('columns and density')
  await expect(page.getByRole('checkbox', { name: 'Colos' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: 'View', exact: true })).toBeFocused()
  await choose('group by status')
  await expect(page).toHaveURL(/group=status/)

  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}`)
  await expect(page.getByRole('button', { name: 'Copy a link to this stretch' })).toBeVisible()
  await choose('copy a link')
  await expect.poll(copied).toContain('?range=')
  await choose('tell times in utc')
  await expect(page.getByRole('radio', { name: 'UTC' })).toBeChecked()
  await choose(`prefer ${short(standby.id)}`)
  await expect(page.getByLabel('Preferred connector')).toHaveValue(standby.id)
})

look(
  'the stretch of time of charts and logs is chosen from the palette',
  async ({ page, world }) => {
    const choose = async (words: string) => {
      await page.keyboard.press('ControlOrMeta+k')
      await palette(page).getByRole('combobox').fill(words)
      await page.keyboard.press('Enter')
      await expect(palette(page)).toBeHidden()
    }
    await page.goto(`/tunnels/${(await world.tunnel('lon-branch-core')).id}`)
    const range = page.getByRole('group', { name: 'Time range' })
    await expect(range).toBeVisible()
    await page.keyboard.press('ControlOrMeta+k')
    // What it is already is not offered, what can't be says why.
    await expect(option(page, 'Show the last 7 days')).toBeAttached()
    await expect(option(page, 'Show the last 24 hours')).toHaveCount(0)
    await expect(option(page, /^Later/)).toContainText('This is the present')
    await page.keyboard.press('Escape')
    await choose('last hour')
    await expect(range.getByRole('button', { name: 'The last 1 h' })).toHaveAttribute(
      'aria-pressed',
      'true',
    )
    await choose('zoom out')
    await expect(page).toHaveURL(/range=2h/)
    await choose('earlier')
    await expect(page).toHaveURL(/range=.*\.\./)
    await choose('previous range')
    await expect(page).toHaveURL(/range=2h/)
    await choose('zoom in')
    await expect(page).toHaveURL(/range=1h/)

    for (const path of ['/activity', '/audit']) {
      await page.goto(path)
      await expect(page.getByRole('button', { name: 'All time' })).toBeVisible()
      await choose('30d')
      await expect(page).toHaveURL(/range=30d/)
      await choose('all time')
      await expect(page).not.toHaveURL(/range=/)
    }
  },
)

look('one key turns the light on and off', async ({ page }) => {
  await page.goto('/')
  await expect(rowOf(page, 'lon-branch-core')).toBeVisible()
  const root = page.locator('html')
  const before = String(await root.getAttribute('data-theme'))
  await page.keyboard.press('Shift+D')
  await expect(root).not.toHaveAttribute('data-theme', before)
  await page.keyboard.press('Shift+D')
  await expect(root).toHaveAttribute('data-theme', before)
})

bare('what a viewer may not do is listed with the reason', async ({ page }) => {
  const tandem = await startTandem({})
  await page.goto(tandem.address)
  await rowOf(page, 'lon-branch-core').focus()
  await page.keyboard.press('ControlOrMeta+k')
  await palette(page).getByRole('combobox').fill('try as viewer')
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
  await rowOf(page, 'lon-branch-core').focus()
  await page.keyboard.press('ControlOrMeta+k')
  const rename = option(page, /^Rename lon-branch-core/)
  await expect(rename).toHaveAttribute('aria-disabled', 'true')
  await expect(rename).toContainText('needs the role of an admin; you are a viewer')
  await expect(option(page, /^People/)).toContainText('you are a viewer')
  await palette(page).getByRole('combobox').fill('rename')
  await page.keyboard.press('Enter')
  // It stays and says why; nothing happens.
  await expect(palette(page)).toBeVisible()
  await page.keyboard.press('Escape')
  const audit = page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('button', { name: 'Audit' })
  await expect(audit).toHaveAccessibleDescription(/needs the role of an operator; you are a viewer/)
  await tandem.end()
  tandem.remove()
})

look(
  'the palette opens over a log that an address filters, and exports what it shows',
  async ({ page }) => {
    await page.goto('/activity?kind=status-changed')
    await expect(page.getByRole('heading', { name: 'Activity', level: 1 })).toBeVisible()
    await page.keyboard.press('ControlOrMeta+k')
    await palette(page).getByRole('combobox').fill('export the activity as csv')
    const file = page.waitForEvent('download')
    await page.keyboard.press('Enter')
    expect((await file).url()).toContain('kind=status-changed')
  },
)

for (const { words, keys } of [
  { words: 'lon', keys: ['ArrowUp'] },
  // Nobody chose: what is first without the standbys is what Enter was seen to do.
  { words: 'pass', keys: [] },
]) {
  const by = ['', ...keys].join(' and ')
  look(
    `what is found late slides no other choice under Enter: “${words}”${by}`,
    async ({ page, world }) => {
      await page.goto('/')
      const { standby } = await world.pair('lon-branch-core')
      const { hold, letGo } = createGate()
      await page.route('**/api/connectors?*', async (route) => {
        await hold()
        await route.continue()
      })
      await expect(rowOf(page, 'lon-branch-core')).toBeVisible()
      await page.keyboard.press('ControlOrMeta+k')
      await palette(page).getByRole('combobox').fill(words)
      for (const key of keys) await page.keyboard.press(key)
      const marked = palette(page).getByRole('option', { selected: true })
      const before = await marked.textContent()
      await letGo()
      await expect(option(page, new RegExp(`^${short(standby.id)}`))).toBeAttached()
      await expect(marked).toContainText(String(before))
      await expect(marked).toBeInViewport()
    },
  )
}

look('a key of the browser or of the page is none of a menu that is open', async ({ page }) => {
  await page.goto('/')
  await expect(rowOf(page, 'lon-branch-core')).toBeVisible()
  await page.getByRole('button', { name: /^You: / }).click()
  await page.getByRole('menuitemradio').first().focus()
  await page.keyboard.press('ControlOrMeta+k')
  await expect(palette(page)).toBeVisible()
})

look('Enter that only ends a word of an input method does nothing', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'Tunnels', level: 1 })).toBeVisible()
  await page.keyboard.press('ControlOrMeta+k')
  const field = palette(page).getByRole('combobox')
  await field.fill('create a tunnel')
  await field.dispatchEvent('keydown', { key: 'Enter', isComposing: true })
  await expect(page.getByRole('dialog', { name: 'Create a tunnel' })).toBeHidden()
  await expect(palette(page)).toBeVisible()
  await field.press('Enter')
  await expect(page.getByRole('dialog', { name: 'Create a tunnel' })).toBeVisible()
  const name = page.getByRole('textbox', { name: 'Name' })
  await name.dispatchEvent('keydown', { key: 'Escape', isComposing: true })
  await expect(name).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(name).toBeHidden()

  const search = page.getByRole('searchbox', { name: /^Search tunnels/ })
  await search.fill('lon')
  await search.dispatchEvent('keydown', { key: 'Escape', isComposing: true })
  await search.dispatchEvent('keydown', { key: 'Enter', isComposing: true })
  await expect(search).toHaveValue('lon')
  await expect(search).toBeFocused()
})

test.describe('where people sign in', () => {
  test.use({ env: { TANDEM_SIGN_IN: 'on' } })

  test('the palette knows why nobody can be invited, and who keeps a sign-in', async ({
    page,
    tandem,
  }) => {
    await setUp(page, tandem)
    // As where Cloudflare Access lets everybody in.
    await page.route('**/api/session', async (route) => {
      const response = await route.fetch()
      const { me, signIn, ...rest } = await response.json()
      const json = {
        ...rest,
        me: { ...me, method: 'access' },
        signIn: { ...signIn, methods: ['access'] },
      }
      await route.fulfill({ response, json })
    })
    await page.reload()
    await expect(rowOf(page, 'lon-branch-core')).toBeVisible()
    await page.keyboard.press('ControlOrMeta+k')
    const field = palette(page).getByRole('combobox')
    for (const [words, name] of [
      ['invite', /^Invite a person .*Here nobody signs in with a password/],
      ['everywhere else', /^Sign out everywhere else .*Cloudflare Access keeps your sign-in/],
    ] as const) {
      await field.fill(words)
      await expect(option(page, name)).toHaveAttribute('aria-disabled', 'true')
    }
    await page.goto('/account')
    await expect(
      page.getByRole('button', { name: 'Sign out everywhere else' }),
    ).toHaveAccessibleDescription(/^Cloudflare Access keeps your sign-in/)
  })
})

import { expectAccessible } from './axe.ts'
import { builtFrom } from './built.ts'
import { expect, look, test } from './fixtures.ts'
import { createGate } from './gate.ts'

/** Words of high availability explain themselves where they stand. */

look(
  'a word on a tunnel’s page explains itself to a hand on the keyboard',
  async ({ page, world }) => {
    const { id } = await world.tunnel('lon-branch-core')
    await page.goto(`/tunnels/${id}`)
    const term = page.getByRole('button', { name: 'HA readiness' })
    await term.press('Enter')
    const text = page.getByRole('dialog', { name: 'What this means' })
    await expect(text).toContainText('more than one active connector')
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await expect(text).toBeHidden()
    await expect(term).toBeFocused()
  },
)

look('nothing empty is shown while an explanation is on its way', async ({ page, world }) => {
  const { id } = await world.tunnel('lon-branch-core')
  const { hold, came, letGo } = createGate()
  await page.route(builtFrom('src/web/ui/TermText.tsx'), async (route) => {
    await hold()
    await route.continue()
  })
  await page.goto(`/tunnels/${id}`)
  const term = page.getByRole('button', { name: 'HA readiness' })
  await term.click()
  await expect(term).toHaveAttribute('aria-expanded', 'true')
  await came
  const text = page.getByRole('dialog', { name: 'What this means' })
  await expect(text).toBeHidden()
  await letGo()
  await expect(text).toContainText('more than one active connector')
})

look('what fails over is explained where somebody is about to', async ({ page, world }) => {
  const { id } = await world.tunnel('lon-branch-core')
  await page.goto(`/tunnels/${id}?dialog=failover`)
  const dialog = page.getByRole('dialog', { name: /Fail over/ })
  await dialog.getByRole('button', { name: 'What happens' }).click()
  const text = page.getByRole('dialog', { name: 'What this means' })
  await expect(text).toContainText('Open TCP sessions')
  await expect(text).toContainText('there is no automatic fail-back')
  await page.keyboard.press('Escape')
  await expect(text).toBeHidden()
  // The first Escape was the explanation's; the dialog stays.
  await expect(dialog).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
})

test.describe('with a finger', () => {
  test.use({ hasTouch: true, viewport: { width: 360, height: 700 } })

  look('the list’s numbers are explained by a tap', async ({ page }) => {
    await page.goto('/')
    await page.getByRole('button', { name: 'What HA readiness means' }).tap()
    const text = page.getByRole('dialog', { name: 'What this means' })
    await expect(text).toContainText('takes over if the active connector disconnects')
    // Well beside the layer: a finger as near as its edge is taken for one on it.
    await page.touchscreen.tap(3, 150)
    await expect(text).toBeHidden()
  })

  test.describe('far from Greenwich', () => {
    test.use({ timezoneId: 'Asia/Tokyo' })

    look(
      'a tap on a time tells it in both zones, until the next tap elsewhere',
      async ({ page, world }) => {
        const { id } = await world.tunnel('lon-branch-core')
        await page.goto(`/tunnels/${id}`)
        const tip = page.getByRole('tooltip')
        const time = page.getByRole('main').getByRole('time').first()
        await time.tap()
        await expect(tip).toContainText('UTC')
        await expect(tip).toBeInViewport({ ratio: 1 })
        await expect(time).toHaveAccessibleDescription(/UTC/)
        await expectAccessible(page)
        await page.getByRole('heading', { level: 1 }).tap()
        await expect(tip).toBeHidden()

        // What does something else at a tap does that alone.
        await page.goto('/')
        await page.getByRole('listitem').getByRole('time').first().tap()
        await expect(page).toHaveURL(/\/tunnels\//)
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
        await expect(tip).toBeHidden()
      },
    )
  })
})

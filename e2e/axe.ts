import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
/** The rules that look at colours: all others find the same in every theme. */
const colourRules = ['color-contrast', 'link-in-text-block']

/**
 * Asserts that axe finds no violation of WCAG 2.2 A and AA on the page as it stands, in the dark theme,
 * and none of colour in the light one. The message names each rule with the elements that break it.
 */
export async function expectAccessible(page: Page) {
  await expectNoViolation(page, 'dark', (axe) => axe.withTags(wcag))
  await expectNoViolation(page, 'light', (axe) => axe.withRules(colourRules))
}

async function expectNoViolation(
  page: Page,
  colorScheme: 'dark' | 'light',
  choose: (axe: AxeBuilder) => AxeBuilder,
) {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  // Everything in the page itself: there are no frames of other origins, for which a second page is opened
  // otherwise. Of what passes one element a rule is told, not thousands.
  const axe = choose(
    new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] }),
  )
  const { violations, passes } = await axe.analyze()
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}): ${target} ${failureSummary}`),
  )
  expect(found, `in the ${colorScheme} theme`).toEqual([])
  // A page that axe could not look into has no violations either.
  expect(passes.map(({ id }) => id)).toContain('color-contrast')
}

import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/**
 * Asserts that axe finds no violation of WCAG 2.2 A and AA on the page as it stands, in the dark theme
 * and in the light one. The message names each rule with the elements that break it.
 */
export async function expectAccessible(page: Page) {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const { violations, passes } = await new AxeBuilder({ page }).withTags(wcag).analyze()
    const found = violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} (${help}): ${target} ${failureSummary}`),
    )
    expect(found, `in the ${colorScheme} theme`).toEqual([])
    // A page that axe could not look into has no violations either.
    expect(passes.length).toBeGreaterThan(5)
  }
}

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, type Page } from '@playwright/test'
import type axe from 'axe-core'
import type { RunOptions } from 'axe-core'

/** The small one: what the browser reads and keeps of the other is a sixth of all that a look takes. */
const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
/** The rules that look at colours: all others find the same in every theme. */
const colourRules = ['color-contrast', 'link-in-text-block']

/**
 * Asserts that axe finds no violation of WCAG 2.2 A and AA on the page as it stands, in the dark theme,
 * and none of colour in the light one. The message names each rule with the elements that break it.
 */
export async function expectAccessible(page: Page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source)
  await expectNoViolation(page, 'dark', { type: 'tag', values: wcag })
  await expectNoViolation(page, 'light', { type: 'rule', values: colourRules })
}

async function expectNoViolation(
  page: Page,
  colorScheme: 'dark' | 'light',
  runOnly: RunOptions['runOnly'],
) {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  const { violations, passed } = await page.evaluate(async (runOnly) => {
    // Everything is in the page itself, none in frames. Of what passes one element a rule is told, not thousands.
    const options: RunOptions = { iframes: false, resultTypes: ['violations'], runOnly }
    const { violations, passes } = await (window as unknown as { axe: typeof axe }).axe.run(
      document,
      options,
    )
    return { violations, passed: passes.map(({ id }) => id) }
  }, runOnly)
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}): ${target} ${failureSummary}`),
  )
  expect(found, `in the ${colorScheme} theme`).toEqual([])
  // A page that axe could not look into has no violations either.
  expect(passed).toContain('color-contrast')
}

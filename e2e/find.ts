import type { Page } from '@playwright/test'

/** How stories name what they look for. */

/** An id as the page shows it where there is little room. */
export const short = (id: string) => id.slice(0, 8)

/** A tunnel's row in the list. */
export const rowOf = (page: Page, name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) })

/** The cell of the list that says how old a tunnel's data is: the one before its actions. */
export const ageOf = (page: Page, name: string) => rowOf(page, name).getByRole('cell').nth(-2)

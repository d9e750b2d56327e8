import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { layoutOf, leastText } from './layout.ts'
import { densities } from './settings.ts'

const screen = { width: 1900, height: 800 }
const height = 1080

test('tiles fill the screen with text that can be read, whatever their number', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 800, max: 7680 }),
      fc.integer({ min: 600, max: 4320 }),
      fc.option(fc.constantFrom(...densities), { nil: undefined }),
      (count, width, tall, density) => {
        const layout = layoutOf(count, { width, height: tall * 0.75 }, tall, density)
        expect(layout.textPx).toBeGreaterThanOrEqual(leastText * tall)
        expect(layout.perPage).toBeLessThanOrEqual(layout.columns * layout.rows)
        expect(layout.perPage * layout.pages).toBeGreaterThanOrEqual(count)
        expect(layout.perPage * (layout.pages - 1)).toBeLessThan(count)
        const { columns, rows, gapPx, widthPx, heightPx } = layout
        for (const [length, parts, part] of [
          [width, columns, widthPx],
          [tall * 0.75, rows, heightPx],
        ] as const) {
          const left = length - parts * part - (parts - 1) * gapPx
          expect(part % 1).toBe(0)
          expect(left).toBeGreaterThanOrEqual(0)
          expect(left).toBeLessThan(parts)
        }
      },
    ),
  )
})

test('no row of a page stays empty', () => {
  for (let count = 1; count <= 300; count += 1) {
    const { columns, rows, perPage } = layoutOf(count, screen, height, undefined)
    expect((rows - 1) * columns).toBeLessThan(perPage)
  }
})

test('a few tiles tell all, many tell the essential, and 300 come in pages', () => {
  const at = (count: number) => layoutOf(count, screen, height, undefined)
  expect(at(4)).toMatchObject({ density: 'roomy', pages: 1 })
  expect(at(30)).toMatchObject({ density: 'normal', pages: 1 })
  expect(at(48)).toMatchObject({ density: 'dense', pages: 1 })
  // Where there must be pages, each tells as much as has room on them.
  expect(at(60)).toMatchObject({ density: 'normal', pages: 2, perPage: 30 })
  expect(at(300)).toMatchObject({ density: 'dense', pages: 7, perPage: 43 })
})

test.each([
  [1366, 768],
  [1920, 1080],
  [2560, 1440],
  [3840, 2160],
])('a wall of 300 has as many pages on a screen of %i × %i as on any other', (width, tall) => {
  const room = { width: Math.floor(width * 0.9865), height: Math.floor(tall * 0.7074) }
  expect(layoutOf(300, room, tall, undefined)).toMatchObject({ columns: 6, rows: 8, pages: 7 })
})

test('fewer tiles are never smaller', () => {
  const sizes = Array.from(
    { length: 48 },
    (_, n) => layoutOf(n + 1, screen, height, 'dense').textPx,
  )
  expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
})

// oxlint-disable-next-line no-restricted-imports -- a test runs in Node, and style sheets are empty there
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

/** The colours are read from the style sheet itself: what is checked is what is shipped. */
const css = readFileSync(new URL('./styles.css', import.meta.url), 'utf8')

function theme(name: 'dark' | 'light'): Record<string, string> {
  const block = new RegExp(`:root\\[data-theme="${name}"\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? ''
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, key, value]) => [key, value]),
  )
}

const channels = (hex: string) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))
const linear = (value: number) =>
  value / 255 <= 0.040_45 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = channels(hex).map(linear)
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** WCAG 2.2 contrast ratio. */
function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

// Viénot, Brettel and Mollon 1999 for the red-green two, Brettel 1997 simplified for the third.
const deficiencies = {
  protanopia: [
    [0.112_38, 0.887_62, 0],
    [0.112_38, 0.887_62, 0],
    [0.004_01, -0.004_01, 1],
  ],
  deuteranopia: [
    [0.292_75, 0.707_25, 0],
    [0.292_75, 0.707_25, 0],
    [-0.022_34, 0.022_34, 1],
  ],
  tritanopia: [
    [1, 0.144_61, -0.144_61],
    [0, 0.859_24, 0.140_76],
    [0, 0.859_24, 0.140_76],
  ],
} as const

/** CIE L*a*b* of a colour as somebody with that deficiency sees it. */
function seen(hex: string, matrix: readonly (readonly number[])[]): number[] {
  const rgb = channels(hex).map(linear)
  const [r = 0, g = 0, b = 0] = matrix.map((row) =>
    Math.max(
      0,
      row.reduce((sum, factor, at) => sum + factor * (rgb[at] ?? 0), 0),
    ),
  )
  const f = (t: number) => (t > 0.008_856 ? Math.cbrt(t) : 7.787 * t + 16 / 116)
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.950_47)
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b)
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.088_83)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

const distance = (a: number[], b: number[]) =>
  Math.hypot(...a.map((value, at) => value - (b[at] ?? 0)))

describe.each(['dark', 'light'] as const)('in the %s theme', (name) => {
  const colours = theme(name)
  const of = (role: string) => {
    const colour = colours[role]
    if (!colour) throw new Error(`no colour ${role}`)
    return colour
  }
  const surfaces = ['page', 'panel', 'overlay', 'hover']

  const texts = ['ink', 'ink-2', 'ink-3', 'accent-text', 'good', 'warn', 'bad', 'unknown']
  test.each(texts.flatMap((text) => surfaces.map((surface) => [text, surface] as const)))(
    '%s can be read as text on %s',
    (text, surface) => {
      expect(contrast(of(text), of(surface))).toBeGreaterThanOrEqual(4.5)
    },
  )

  test.each([
    ['ink', 'good-soft'],
    ['ink', 'warn-soft'],
    ['ink', 'bad-soft'],
    ['ink-2', 'good-soft'],
    ['ink-2', 'warn-soft'],
    ['ink-2', 'bad-soft'],
    ['ink-2', 'accent-soft'],
    ['ink', 'unknown-soft'],
    ['accent-text', 'accent-soft'],
    ['accent-ink', 'accent'],
    ['danger-ink', 'danger'],
  ])('%s can be read on %s', (text, surface) => {
    expect(contrast(of(text), of(surface))).toBeGreaterThanOrEqual(4.5)
  })

  test.each(surfaces)('edges of fields and the focus ring can be seen on %s', (surface) => {
    expect(contrast(of('line-strong'), of(surface))).toBeGreaterThanOrEqual(2.7)
    expect(contrast(of('accent'), of(surface))).toBeGreaterThanOrEqual(3)
  })

  const pairs = [
    ['good', 'warn'],
    ['good', 'bad'],
    ['warn', 'bad'],
  ] as const
  test.each(
    Object.entries(deficiencies).flatMap(([name, matrix]) =>
      pairs.map(([one, other]) => [one, other, name, matrix] as const),
    ),
  )('%s and %s stay apart under %s', (one, other, _, matrix) => {
    expect(distance(seen(of(one), matrix), seen(of(other), matrix))).toBeGreaterThan(15)
  })
})

// oxlint-disable-next-line no-restricted-imports -- a test runs in Node, and style sheets are empty there
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { roleLooks } from './ui/RoleMark.tsx'
import { statusLooks } from './ui/StatusMark.tsx'

/** The colours are read from the style sheet itself: what is checked is what is shipped. */
const css = readFileSync(new URL('./styles.css', import.meta.url), 'utf8')

const themes = ['dark', 'light'] as const
type Theme = (typeof themes)[number]

/** Those of every block of a theme: a later one says only what it changes. */
function theme(name: Theme, css: string): Record<string, string> {
  const blocks = css.matchAll(new RegExp(`:root\\[data-theme="${name}"\\] \\{([^}]*)\\}`, 'g'))
  return Object.fromEntries(
    [...blocks].flatMap(([, block = '']) =>
      [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, key, value]) => [key, value]),
    ),
  )
}
const [usual = '', more] = css.split('@media (prefers-contrast: more)')
if (!more) throw new Error('The style sheet has no colours with more contrast.')
const looks = themes.flatMap((name) => [
  [`the ${name} theme`, theme(name, usual)] as const,
  [`the ${name} theme with more contrast`, theme(name, css)] as const,
])

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

/**
 * How linear RGB looks without one kind of cone (severity 1). Source: Machado, Oliveira and Fernandes, “A
 * Physiologically-based Model for Simulation of Color Vision Deficiency”, IEEE TVCG 15 (2009).
 */
const eyes = {
  'all three cones': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152_286, 1.052_583, -0.204_868],
    [0.114_503, 0.786_281, 0.099_216],
    [-0.003_882, -0.048_116, 1.051_998],
  ],
  deuteranopia: [
    [0.367_322, 0.860_646, -0.227_968],
    [0.280_085, 0.672_501, 0.047_413],
    [-0.011_82, 0.042_94, 0.968_881],
  ],
  tritanopia: [
    [1.255_528, -0.076_749, -0.178_779],
    [-0.078_411, 0.930_809, 0.147_602],
    [0.004_733, 0.691_367, 0.3039],
  ],
} as const

type Matrix = readonly (readonly number[])[]
const times = (matrix: Matrix, vector: readonly number[]) =>
  matrix.map((row) => row.reduce((sum, factor, at) => sum + factor * (vector[at] ?? 0), 0))

// Björn Ottosson, “A perceptual color space for image processing” (2020).
const toCones: Matrix = [
  [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
  [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
  [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
]
const toLab: Matrix = [
  [0.210_454_255_3, 0.793_617_785, -0.004_072_046_8],
  [1.977_998_495_1, -2.428_592_205, 0.450_593_709_9],
  [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766],
]

/** OKLab of a colour as such an eye sees it. */
function seen(hex: string, eye: Matrix): number[] {
  const rgb = times(eye, channels(hex).map(linear)).map((value) => Math.min(1, Math.max(0, value)))
  return times(toLab, times(toCones, rgb).map(Math.cbrt))
}

/** ΔE in OKLab, times 100: about 2 is just seen when the two lie side by side. */
const distance = (one: string, other: string, eye: Matrix) =>
  100 * Math.hypot(...seen(one, eye).map((value, at) => value - (seen(other, eye)[at] ?? 0)))

/** What must be told apart across a room, signal from signal; and a signal from what is grey. */
const leastSignals = 9
const leastFromGrey = 6

describe.each(looks)('in %s', (_, colours) => {
  const of = (role: string) => {
    const colour = colours[role]
    if (!colour) throw new Error(`no colour ${role}`)
    return colour
  }
  const surfaces = ['page', 'panel', 'sunken', 'overlay', 'hover']
  const softs = ['good-soft', 'warn-soft', 'bad-soft', 'unknown-soft', 'accent-soft']
  const pairsOf = (ones: readonly string[], others: readonly string[]) =>
    ones.flatMap((one) => others.map((other) => [one, other] as const))

  const texts = ['ink', 'ink-2', 'ink-3', 'accent-text', 'good', 'warn', 'bad', 'unknown']
  test.each(pairsOf(texts, surfaces))('%s can be read as text on %s', (text, surface) => {
    expect(contrast(of(text), of(surface))).toBeGreaterThanOrEqual(4.5)
  })

  const signals = ['good', 'warn', 'bad', 'unknown', 'accent']
  test.each(pairsOf(signals, [...surfaces, ...softs]))(
    '%s can be seen as a mark on %s',
    (mark, surface) => {
      expect(contrast(of(mark), of(surface))).toBeGreaterThanOrEqual(3)
    },
  )

  test.each([
    ...pairsOf(['ink', 'ink-2', 'ink-3'], softs),
    ['good', 'good-soft'],
    ['warn', 'warn-soft'],
    ['bad', 'bad-soft'],
    ['unknown', 'unknown-soft'],
    ['accent-text', 'accent-soft'],
    ['accent-ink', 'accent'],
    ['danger-ink', 'danger'],
  ] satisfies (readonly [string, string])[])('%s can be read on %s', (text, surface) => {
    expect(contrast(of(text), of(surface))).toBeGreaterThanOrEqual(4.5)
  })

  test.each(surfaces)('edges of fields and the focus ring can be seen on %s', (surface) => {
    expect(contrast(of('line-strong'), of(surface))).toBeGreaterThanOrEqual(3)
    expect(contrast(of('accent'), of(surface))).toBeGreaterThanOrEqual(3)
  })

  const colourOf = ({ ink }: { ink: string }) => ink.replace(/^text-/, '')
  /** Those that share a colour are told apart by shape and word, and by nothing else. */
  const colourPairs = (looks: Record<string, { ink: string }>) => {
    const colours = [...new Set(Object.values(looks).map(colourOf))]
    return colours.flatMap((one, at) => colours.slice(at + 1).map((other) => [one, other] as const))
  }
  const isGrey = (colour: string) => colour === 'unknown' || colour.startsWith('ink')
  const toTell = [...colourPairs(statusLooks), ...colourPairs(roleLooks)]
    // Two greys carry no signal, so that nobody has to tell them apart by colour.
    .filter(([one, other]) => !(isGrey(one) && isGrey(other)))
  test.each(
    Object.entries(eyes).flatMap(([eye, matrix]) =>
      toTell.map(([one, other]) => [one, other, eye, matrix] as const),
    ),
  )('%s and %s stay apart to an eye with %s', (one, other, _, matrix) => {
    const least = isGrey(one) || isGrey(other) ? leastFromGrey : leastSignals
    expect(distance(of(one), of(other), matrix)).toBeGreaterThanOrEqual(least)
  })
})

test('the states have a colour each but for those that carry no signal', () => {
  const inks = Object.values(statusLooks).map(({ ink }) => ink)
  expect(new Set(inks).size).toBe(4)
  expect(statusLooks.inactive.ink).toBe(statusLooks.unknown.ink)
})

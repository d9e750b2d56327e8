import type { Offer } from '#web/ui/offers.ts'
import { presets } from './range.ts'

const lengths = {
  '15m': '15 minutes',
  '1h': 'hour',
  '24h': '24 hours',
  '7d': '7 days',
  '30d': '30 days',
  '90d': '90 days',
} as const

export type Preset = (typeof presets)[number]

/** More words that a stretch of time is found by. */
export const alsoRange = 'time range'

/** The usual stretches, for the palette; the one that is shown is not offered. */
export const presetOffers = (
  all: readonly Preset[],
  chosen: string | undefined,
  go: (preset: Preset) => void,
): Offer[] =>
  all
    .filter(({ text }) => text !== chosen)
    .map((preset) => ({
      icon: 'clock',
      words: `Show the last ${lengths[preset.text]}`,
      also: `${alsoRange} ${preset.label} ${preset.text}`,
      run: () => go(preset),
    }))

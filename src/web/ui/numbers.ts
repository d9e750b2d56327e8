import { mostWaiting } from '#contract/waiting.ts'

const whole = new Intl.NumberFormat('en')

/** A count as people write it: `1,000`. */
export const countText = (count: number) => whole.format(count)

/** How many changes wait for an acknowledgement: `3`, `100+` where there may be more. */
export const waitingText = (count: number) =>
  count < mostWaiting ? countText(count) : `${countText(mostWaiting)}+`

/** The same in words: `1 change`, `3 changes`, `100+ changes`. */
export const changesText = (count: number) =>
  count === 1 ? '1 change' : `${waitingText(count)} changes`

/** How many of what: `1 connector`, `2 connectors`. */
export const manyText = (count: number, one: string, many = `${one}s`) =>
  `${countText(count)} ${count === 1 ? one : many}`

/** A size as disks are sold: `340 MB`, `1.2 GB`. */
export const bytesText = (bytes: number) =>
  bytes < 1e9 ? `${countText(Math.ceil(bytes / 1e6))} MB` : `${(bytes / 1e9).toFixed(1)} GB`

const whole = new Intl.NumberFormat('en')

/** A count as people write it: `1,000`. */
export const countText = (count: number) => whole.format(count)

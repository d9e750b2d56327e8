/** A part of a text, as `slice` counts it, but by whole characters: some are written in two halves, and one half is none. */
export const characters = (text: string, from: number, to?: number): string =>
  [...text].slice(from, to).join('')

import { encode } from 'uqr'

/** Modules of quiet around the code, as ISO/IEC 18004 wants them. */
const quiet = 4

/**
 * A text as a QR code.
 *
 * @returns its side in modules, quiet zone included, and the dark ones as the path of an SVG of that side:
 *   one stroke-less rectangle for each run in a row.
 */
export function toQr(text: string): { side: number; path: string } {
  const { size, data } = encode(text, { ecc: 'M', border: quiet })
  const path = data
    .flatMap((row, y) =>
      row.flatMap((dark, x) => {
        if (!dark || row[x - 1]) return []
        const end = row.indexOf(false, x)
        const length = (end === -1 ? size : end) - x
        return `M${x} ${y}h${length}v1h-${length}z`
      }),
    )
    .join('')
  return { side: size, path }
}

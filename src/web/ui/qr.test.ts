import { encode } from 'uqr'
import { expect, test } from 'vitest'
import { toQr } from './qr.ts'

/** The path, painted back onto squares. */
function paint({ side, path }: { side: number; path: string }): boolean[][] {
  const squares = Array.from({ length: side }, () => Array.from({ length: side }, () => false))
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    squares[Number(y)]?.fill(true, Number(x), Number(x) + Number(length))
  }
  return squares
}

test.each([
  'x',
  'otpauth://totp/Tandem:Ada?issuer=Tandem&secret=JBSWY3DPEHPK3PXP',
  'ü'.repeat(200),
])('every dark square of %s is drawn, and no other, with four squares of quiet around', (text) => {
  const drawn = toQr(text)
  const { data } = encode(text, { ecc: 'M', border: 4 })
  expect(paint(drawn)).toEqual(data)
  expect(drawn.side).toBe(data.length)
  expect(data[3]?.some(Boolean)).toBe(false)
  expect(data[4]?.[4]).toBe(true)
})

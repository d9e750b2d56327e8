/** Comma-separated values that a spreadsheet or a script reads. */

/**
 * One cell. Text that a spreadsheet would run as a formula gets an apostrophe in front: names and
 * addresses are somebody else's text.
 */
export function toCell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const safe = /^[=+\-@\t\r\0]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export const toRow = (cells: (string | number | null)[]) => `${cells.map(toCell).join(',')}\r\n`

/** A time as every program reads it. */
export const instant = (at: number | null) => (at === null ? null : new Date(at).toISOString())

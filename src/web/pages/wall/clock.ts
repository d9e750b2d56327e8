const formats = new Map<string | undefined, Intl.DateTimeFormat>()

/** Time of day with seconds in a zone (IANA name; undefined: the screen's own): `12:04:10`. */
export function clockOf(at: number, zone: string | undefined): string {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: zone })
    formats.set(zone, format)
  }
  return format.format(at)
}

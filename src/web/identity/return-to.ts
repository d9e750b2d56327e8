/** Where to go after signing in: an address of Tandem's own, whatever the link said. Pure. */

/** Pages for people who are not signed in. */
export const entryPaths = ['/sign-in', '/setup', '/invitation', '/screen'] as const

export const isEntryPath = (path: string) => entryPaths.some((entry) => entry === path)

const nowhere = 'http://tandem.invalid'

/** The address if it is one of ours, else the start. */
export function ownAddress(value: unknown): string {
  if (typeof value !== 'string' || !/^\/(?![/\\])/.test(value)) return '/'
  // The browser reads over tabs and newlines, and takes a backslash for a slash.
  if (/[\p{Cc}\\]/u.test(value) || !URL.canParse(value, nowhere)) return '/'
  const { origin, pathname, search, hash } = new URL(value, nowhere)
  if (origin !== nowhere || pathname.startsWith('//') || isEntryPath(pathname)) return '/'
  return pathname + search + hash
}

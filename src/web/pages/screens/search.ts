/** What the address of the page may hold: a dialog, with the screen whom it is about. */
export const screenDialogs = ['rename', 'revoke'] as const
export const screensDialogs = ['pair', 'link', ...screenDialogs] as const

export type ScreensSearch = {
  dialog?: (typeof screensDialogs)[number] | undefined
  screen?: string | undefined
  /** The page that a new screen is to show, from whoever sends people here to make one. */
  view?: string | undefined
}

export const viewOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^\/(?![/\\])/.test(value) ? value : undefined

/** The code in a fragment that came out of a screen's QR code, or nothing. */
export const codeOf = (hash: string): string =>
  /^#?([0-9A-Z]{4}-?[0-9A-Z]{4})$/i.exec(hash)?.[1]?.toUpperCase() ?? ''

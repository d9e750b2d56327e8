/** What the address of the page may hold. */
export const accountDialogs = ['password', 'second-factor', 'second-factor-off', 'others'] as const
export type AccountSearch = { dialog?: (typeof accountDialogs)[number] | undefined }

/** To the identity provider; for a link, so that the browser shows where it leads. */
export const oidcAddress = (returnTo: string, again = false) =>
  `/api/sign-in/oidc?${new URLSearchParams({ returnTo, ...(again ? { again: 'true' } : {}) })}`

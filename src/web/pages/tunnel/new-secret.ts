/** A new secret for a tunnel: 32 bytes from the browser's random source, as base64. */
export function newSecret(
  fill: (bytes: Uint8Array<ArrayBuffer>) => void = (bytes) => crypto.getRandomValues(bytes),
): string {
  const bytes = new Uint8Array(32)
  fill(bytes)
  return btoa(String.fromCharCode(...bytes))
}

/** What is wrong with a secret somebody typed, or null. The same rule as the contract's, in a sentence. */
export function wrongWithSecret(secret: string): string | null {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(secret)) return 'Only base64 is taken: A–Z, a–z, 0–9, + and /.'
  const bytes = Math.floor((secret.replaceAll('=', '').length * 3) / 4)
  if (bytes < 32)
    return 'Too short: at least 32 bytes are needed, which is 44 characters of base64 with its =.'
  if (secret.length > 1024) return 'Too long: 1,024 characters at most.'
  return secret.length % 4 === 0
    ? null
    : 'Not whole: a multiple of 4 characters is needed, with = at its end to fill it up.'
}

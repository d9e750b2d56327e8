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
  if (secret.replaceAll('=', '').length < 43)
    return 'Too short: at least 32 bytes are needed, which is 43 characters of base64.'
  return secret.length > 1024 ? 'Too long: 1,024 characters at most.' : null
}

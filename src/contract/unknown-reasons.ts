import type { UnknownReason } from './history.ts'

/** Why a stretch of time is unknown, in words. */
export const unknownReasons: Record<UnknownReason, string> = {
  'tandem-stopped': 'Tandem was not running',
  'cloudflare-unreachable': 'Cloudflare could not be reached',
  'token-rejected': 'Cloudflare did not accept the API token',
  'locked-out': 'Cloudflare refused calls (429)',
  'not-recorded': 'Tandem could not write to its disk',
  'not-confirmed': 'The tunnel could not be read',
  unrecognised: 'Cloudflare reported a state that Tandem does not know',
}

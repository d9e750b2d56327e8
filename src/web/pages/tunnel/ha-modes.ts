import type { HaMode } from '#contract/tunnel.ts'

/** The words of the HA modes, and what each means for the site. Source: Cloudflare's WARP Connector HA guide. */
export const haModeLooks: Record<HaMode, { word: string; meaning: string; long: string }> = {
  none: {
    word: 'None',
    meaning: 'HA without moving an address',
    long: 'Standbys take over on Cloudflare’s network. Outbound traffic of the site follows only if the site’s own routing does.',
  },
  disabled: {
    word: 'Disabled',
    meaning: 'HA is off',
    long: 'No standby takes over by itself.',
  },
  aws: {
    word: 'AWS',
    meaning: 'A network interface moves',
    long: 'The new active connector takes over an AWS network interface, so traffic of the site follows.',
  },
  local: {
    word: 'Local',
    meaning: 'Virtual addresses move',
    long: 'The active connector holds virtual addresses on the site’s network, so traffic of the site follows.',
  },
}

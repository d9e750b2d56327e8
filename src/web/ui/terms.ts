/**
 * What the words of high availability mean, said once. Nothing in here that Cloudflare's documents don't say;
 * Source: Cloudflare's API reference and its guide to high availability for WARP Connector (“Mesh nodes”).
 */
type Text = { title: string; paragraphs: readonly string[]; points?: readonly Point[] }
type Point = { word: string; text: string }

export const terms = {
  role: {
    title: 'Roles of a connector',
    paragraphs: [
      'Cloudflare gives every connector (“replica”) of an HA tunnel one of these. Active means connected; it says nothing about the service behind it.',
    ],
    points: [
      { word: 'Active', text: 'Carries the traffic. At most one per tunnel.' },
      {
        word: 'Passive',
        text: 'Connected and standing by. When the active one disconnects, Cloudflare promotes a passive one, typically within seconds.',
      },
      { word: 'Offline', text: 'Lost: not connected, so it can’t take over.' },
    ],
  },
  active: {
    title: 'Active connector',
    paragraphs: [
      'The one that carries the tunnel’s traffic. At most one connector is active; the connected others are passive and stand by.',
      'One that was lost and returns stays passive: Cloudflare does not fail back by itself and has no preferred connector.',
    ],
  },
  readiness: {
    title: 'HA readiness',
    paragraphs: ['Whether somebody takes over if the active connector disconnects now.'],
    points: [
      { word: 'Ready', text: 'One active, and at least one passive connector that stands by.' },
      {
        word: 'No standby',
        text: 'Exposed: one active and no other. If it is lost, nobody takes over.',
      },
      {
        word: 'No active',
        text: 'Connectors are connected, but none of them is active. Cloudflare promotes one, typically within seconds; where it stays so, a manual failover does.',
      },
      { word: 'Offline', text: 'No connector is connected.' },
      {
        word: 'Two active',
        text: 'A conflict: Cloudflare reports more than one active connector where there is at most one.',
      },
      { word: 'Not HA', text: 'Cloudflare reports no HA for the tunnel, so nobody stands by.' },
    ],
  },
  failover: {
    title: 'What fails over, and what does not',
    paragraphs: [
      'Cloudflare promotes another connector; the one that was active becomes passive. The tunnel’s status need not change.',
    ],
    points: [
      { word: 'Inbound traffic', text: 'Follows, on Cloudflare’s network.' },
      {
        word: 'Outbound traffic',
        text: 'Follows only where the HA mode moves the address (AWS or Local). With None the site’s own routing must follow.',
      },
      { word: 'Open TCP sessions', text: 'May hang and have to be opened anew.' },
      {
        word: 'A replica’s own Mesh IP',
        text: 'Does not move: HA protects routed prefixes.',
      },
      { word: 'Back again', text: 'Never by itself: there is no automatic fail-back.' },
    ],
  },
  mode: {
    title: 'HA mode',
    paragraphs: [
      'What moves with the active connector on the site’s own network. HA itself is chosen when a tunnel is created and off while the mode is Disabled; it needs MASQUE as the device tunnel protocol, and replicas on one subnet.',
    ],
    points: [
      {
        word: 'None',
        text: 'HA is on and nothing moves: the site’s own routing must lead outbound traffic to the new active connector.',
      },
      { word: 'AWS', text: 'An AWS network interface (ENI) moves.' },
      { word: 'Local', text: 'Virtual addresses (VIPs) move, one to eight of them.' },
      { word: 'Disabled', text: 'HA is off.' },
    ],
  },
} as const satisfies Record<string, Text>

export type TermId = keyof typeof terms

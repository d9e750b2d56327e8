import { verifyDeadlineMs } from '#contract/failover.ts'
import {
  type CheckId,
  coolDownMs,
  freshReadMs,
  justConnectedMs,
  justLostMs,
  mostReconnects,
  mostRepeated,
  repeatedMs,
  staleReadMs,
} from '#contract/failover-checks.ts'

/** Of each rule that can speak against a failover, what the list of rules does not say. */
export type Explanation = {
  title: string
  /** How Tandem finds it out. */
  found: string
  /** What to do about it. */
  remedy: string
  /** Cloudflare's own page about it. */
  source?: Source
}
type Source = { words: string; href: string }

const seconds = (ms: number) => `${ms / 1000} s`
const minutes = (ms: number) => `${ms / 60_000} minutes`

const docs = 'https://developers.cloudflare.com'
const ha: Source = {
  words: 'Cloudflare on high availability',
  href: `${docs}/cloudflare-one/networks/connectors/cloudflare-mesh/high-availability/`,
}
const rateLimits: Source = {
  words: 'Cloudflare on rate limits',
  href: `${docs}/fundamentals/api/reference/limits/`,
}
const permissions: Source = {
  words: 'Cloudflare on permissions of tokens',
  href: `${docs}/fundamentals/api/reference/permissions/`,
}
const status: Source = {
  words: 'Cloudflare’s status page',
  href: 'https://www.cloudflarestatus.com/',
}

export const explained: Record<CheckId, Explanation> = {
  'tunnel-deleted': {
    title: 'The tunnel is deleted',
    found: 'Cloudflare tells when it was deleted, or does not know it any more.',
    remedy:
      'There is nothing left to move. Create a tunnel and install its connectors. What Tandem saw of this one stays in its history.',
  },
  'not-ha': {
    title: 'The tunnel is not HA',
    found:
      'Cloudflare reports the HA mode Disabled. Or it reports no mode that Tandem knows, and no HA role for any of the connectors.',
    remedy:
      'Where the tunnel was created with HA and its mode is Disabled, choose another mode under “HA configuration” on its page. Otherwise create a tunnel with HA, install its connectors and move the routes to it.',
    source: ha,
  },
  'locked-out': {
    title: 'Cloudflare refuses every call',
    found:
      'Cloudflare answered 429, too many calls, to the token that fails over. It says for how long; where it does not, Tandem waits for 5 minutes.',
    remedy:
      'Wait for the countdown, then try again: nothing is queued. To keep watching from locking out failovers, set a second token to watch with, CLOUDFLARE_READ_TOKEN.',
    source: rateLimits,
  },
  'no-write': {
    title: 'The token can’t change anything',
    found:
      'Cloudflare refused a change with this token, or says that the token expired, is disabled or is not known. The sentence tells which.',
    remedy:
      'At Cloudflare give the token Account → Cloudflare One Connector: WARP → Edit, or make a new one and set it as CLOUDFLARE_API_TOKEN. Then press “Check again” where the header tells how Tandem is polling.',
    source: permissions,
  },
  'not-recording': {
    title: 'Tandem can’t write to its disk',
    found: 'The database took nothing when Tandem last wrote to it.',
    remedy:
      'Make room on the disk, or make the data folder writable (TANDEM_DATA_DIR). Tandem tries again by itself, and goes on as soon as something is written.',
  },
  'cloudflare-silent': {
    title: 'Cloudflare can’t be asked',
    found:
      'The dialog has Tandem look at the connectors, and the look failed: no answer, an error, or an answer that can’t be read. The sentence tells which.',
    remedy:
      'Leave the dialog open: it asks again by itself. If that does not help, see whether Tandem’s machine reaches api.cloudflare.com, and whether Cloudflare has an incident.',
    source: status,
  },
  'failover-running': {
    title: 'Another failover is running',
    found: `Somebody’s failover of this tunnel is being checked or was sent. Tandem follows it until the connectors tell how it ended, or ${seconds(verifyDeadlineMs)} are over.`,
    remedy:
      '“Follow it” in the dialog shows how it goes. When it has ended, look at which connector is active before you decide again.',
  },
  'active-changed': {
    title: 'The active one has changed',
    found:
      'What is sent names the connector that you saw active. The look just before it showed another one, none, or more than one.',
    remedy:
      'Nothing was sent. Look at which one is active now: what you wanted may have happened already. Otherwise decide again.',
  },
  'not-linked': {
    title: 'It is not linked to the tunnel',
    found: 'Cloudflare’s latest list of the tunnel’s connectors does not have it.',
    remedy:
      'Choose another one. If it should be there, see on its host whether the client runs and is registered with this tunnel’s token.',
    source: ha,
  },
  'already-active': {
    title: 'It is active already',
    found: 'Cloudflare reports the role active for it.',
    remedy:
      'Nothing, if that is what you want. To move the traffic away from it, choose a standby.',
  },
  offline: {
    title: 'It is offline',
    found: 'Cloudflare reports the role offline for it.',
    remedy:
      'Choose another one. Or see to its host: power, network, the WARP client. Once Cloudflare reports it passive and connected, it can be promoted.',
  },
  'not-connected': {
    title: 'It has no connection',
    found: 'Cloudflare lists no connection of it, or only such as are about to be made again.',
    remedy: 'Choose another one. Or see to its host and the way from there to Cloudflare.',
  },
  'role-unknown': {
    title: 'Its role is not known',
    found: 'Cloudflare reports a role other than active, passive and offline.',
    remedy:
      'Choose another one. See what Cloudflare’s documents say of that role, and whether there is a newer Tandem that knows it.',
    source: ha,
  },
  'role-not-reported': {
    title: 'It has no HA role',
    found: 'Cloudflare lists it without saying whether it is active, passive or offline.',
    remedy:
      'Choose another one. Or leave the dialog open: it asks again by itself, and tells when there is a role.',
    source: ha,
  },
  'just-connected': {
    title: 'It connected just now',
    found: `The oldest of its connections was opened less than ${seconds(justConnectedMs)} ago, by the time that Cloudflare reports.`,
    remedy:
      'If the site can wait, wait until the minute is over and see whether it stays. Or choose another one.',
  },
  reconnects: {
    title: 'It keeps reconnecting',
    found: `It came back ${mostReconnects} times or more in the last hour, by the connections that Tandem saw. Those that open within 10 s of each other count as one time.`,
    remedy:
      'Choose another one if there is one. Then look for the fault in its host, its line or its client: its page shows when each connection began and ended.',
  },
  repeated: {
    title: 'Too many failovers in a row',
    found: `This would be number ${mostRepeated} or more in ${minutes(repeatedMs)}. What Tandem has sent for this tunnel counts, drills too, unless Cloudflare refused it.`,
    remedy:
      'Look for the fault elsewhere: behind the connectors, in the site’s routing, in the service itself.',
  },
  'stale-read': {
    title: 'What is known is old',
    found: `The question that was asked for this failover left for Cloudflare more than ${seconds(freshReadMs)} ago. Or none was asked, and the last look is more than ${seconds(staleReadMs)} old. Before it sends, Tandem asks a second time where the first answer took too long and a second one can still come in time.`,
    remedy:
      'Cloudflare is slow. Leave the dialog open: it asks again by itself. If the site can’t wait, tick the risk and say why.',
  },
  'just-disconnected': {
    title: 'It lost a connection just now',
    found: `Tandem saw one of its connections end in the last ${seconds(justLostMs)}.`,
    remedy:
      'If the site can wait, wait a minute and see whether the others stay. Or choose another one.',
  },
  'cool-down': {
    title: 'The last switch was just now',
    found: `Less than ${seconds(coolDownMs)} ago Tandem sent a failover that Cloudflare did not refuse, or another connector became active, whoever did it.`,
    remedy: 'Wait until the minute is over, and see first whether the last one helped.',
  },
  'older-version': {
    title: 'It runs an older version',
    found:
      'The versions of the two clients, compared number by number. One that Cloudflare does not report is not compared.',
    remedy:
      'Choose a standby of the same version if there is one. Update this one when things are calm.',
  },
  'same-origin': {
    title: 'It has the same origin IP',
    found: 'Cloudflare sees connections of both come from the same public address.',
    remedy:
      'If the fault is the line behind that address, choose a standby behind another one: moving the traffic to this one will not help. If it is the active connector’s host, this one can take over.',
  },
  'same-colo': {
    title: 'It is at the same colo',
    found: 'Both have a connection to the same data centre of Cloudflare.',
    remedy: 'If the fault is that data centre, choose a standby that is connected elsewhere.',
  },
  'outbound-stays': {
    title: 'Outbound traffic stays',
    found:
      'The HA mode is None or Disabled, or Cloudflare reports none that Tandem knows. With AWS and Local the address moves along.',
    remedy:
      'Be ready to lead the site’s outbound routes to the connector that you promote. To have the address move by itself, set up AWS or Local under “HA configuration” on the tunnel’s page.',
    source: ha,
  },
  'sessions-hang': {
    title: 'Open connections may hang',
    found: 'A connector is active now, so connections may run through it. Tandem can’t see them.',
    remedy: 'Expect applications to connect again, and restart what hangs.',
  },
}

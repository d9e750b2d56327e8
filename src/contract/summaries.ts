import type { OperationId } from './operations.ts'

/**
 * What each operation does, in a sentence: for the OpenAPI document, the table of roles and the audit. Beside
 * the table of operations and not in it, because every page loads that one and few need sentences.
 */
export const summaries: Record<OperationId, string> = {
  sessionGet:
    'Mode, accounts, who is asking, role, server time and the state of the poller; from memory, or with ?fresh=true after asking Cloudflare how the tokens fare',
  tunnelList: 'All tunnels with status, HA readiness, active connector, counts and data age',
  tunnelCreate: 'Create a tunnel',
  tunnelGet: 'One tunnel; from memory, or with ?fresh=true from Cloudflare',
  tunnelUpdate: 'Rename a tunnel or set its secret',
  tunnelDelete: 'Delete a tunnel that has no connections',
  tokenGet: 'The install token of a tunnel: a secret, fetched on request and never kept',
  connectorList: 'The connectors of a tunnel; from memory, or with ?fresh=true from Cloudflare',
  connectorGet: 'One connector; from memory, or with ?fresh=true from Cloudflare',
  connectorFind:
    'Connectors of all tunnels in which each word of ?q= occurs: id, role, tunnel, colo, origin IP or version; a hundred at most, from memory',
  configurationGet:
    'The HA configuration of a tunnel; from memory, or from Cloudflare with ?fresh=true and where it was not read yet',
  configurationPut: 'Set the HA configuration of a tunnel',
  failoverRun: 'Promote a connector: checked before, sent once, verified after',
  failoverChecks: 'What speaks against a failover to ?to= now, from a fresh read of the connectors',
  failoverList: 'The failovers of a tunnel, newest first, fifty at most',
  preferencePut: 'Set or take back which connector should carry the traffic when nothing is wrong',
  tunnelTag: 'Put tags on a tunnel or take them off; they are Tandem’s own',
  markList: 'Acknowledgements, notes and maintenance of a tunnel in a window',
  acknowledgementAdd:
    'Say that the changes of a tunnel until a time, or one entry of its log, were seen',
  noteAdd: 'Write a note to a moment of a tunnel’s timeline',
  noteDelete: 'Take a note off the timeline: one’s own, or for admins anybody’s',
  maintenanceAdd:
    'Announce maintenance of a tunnel: walls stay quiet, changes need no acknowledgement',
  maintenanceEnd: 'End a maintenance before its time, or call it off',
  failoverGet: 'One failover with its phases and times',
  historyGet: 'What a tunnel and its connectors did in a window: intervals, connections, events',
  connectorHistoryGet: 'The same for one connector',
  historyExport: 'A window of one tunnel’s history as CSV, streamed',
  historySummary:
    'Per tunnel in a window: availability, time without an active connector, changes, and unless ?strips=false its strips',
  activityList:
    'The event log of all tunnels, or of those that are named, newest first, a page at a time',
  activityCsv: 'The event log as CSV, streamed',
  activityJsonl: 'The event log as JSON Lines, streamed',
  eventStream:
    'Server-Sent Events: a snapshot, then changes; resumes with Last-Event-ID or ?after=, tells the connectors of each ?watching= (a tunnel’s id, up to eight), and ends the stream that the same ?page= had',
  openapiGet: 'This description of Tandem’s own API',
  auditList: 'What people did, newest first, a page at a time; operators see their own records',
  auditCsv: 'The same as CSV, streamed',
  auditJsonl: 'The same as JSON Lines, streamed, with the hashes',
  auditChain: 'Whether the chain of audit records is whole, and which record is not',
  signIn:
    'Sign in with a name and a password; with a code where the person uses an authenticator app',
  signInOidc: 'Go to the identity provider, to sign in there and come back',
  signInOidcEnd: 'Where the identity provider sends the browser back to',
  signInAgain: 'Prove once more who is there, for what needs a recent sign-in',
  signOut: 'End this session',
  setUp: 'Make the first admin, with the one-time code from the log',
  invitationLook: 'Whom an invitation is for',
  invitationAccept: 'Set the password that an invitation is for, and sign in',
  accountGet: 'Whoever asks, as somebody who signs in here',
  passwordChange: 'Set another password; every other session of the person ends',
  sessionList: 'Where the person is signed in',
  sessionEndOthers: 'End every session of the person but the one that asks',
  secondFactorNew: 'Begin to use an authenticator app: what it has to be shown',
  secondFactorConfirm: 'Use it from now on, with a first code of it',
  secondFactorRemove: 'Use it no longer',
  sessionEnd: 'End a session: one’s own, or for admins anybody’s',
  personList: 'Everybody who may come in',
  personAdd: 'Add a person; answers a one-time invitation',
  personChange: 'Give a person another role, disable or enable; the person’s sessions end',
  personRemove: 'Remove a person with sessions and invitations; what they did stays on record',
  personInvite: 'A new one-time invitation, to set another password',
  invitationRevoke: 'Take back the invitation of a person: its link is no longer good',
  personSessions: 'Where a person is signed in',
  personSignOut: 'End every session of a person',
  screenList: 'Screens that have access',
  pairingBegin: 'A screen asks for access: the code that it shows',
  screenApprove: 'Give the screen that shows a code its access',
  screenLinkMake: 'A one-time link that gives a screen its access',
  screenClaim: 'A screen takes its access, once it was given',
  screenRename: 'Give a screen another name',
  screenRevoke: 'Take a screen’s access away',
  demoRole: 'Try another role on, in the demo',
}

import * as z from 'zod/mini'
import { AuditChain, AuditPage } from '#contract/audit.ts'
import { ToldEvent } from '#contract/events.ts'
import {
  Failover,
  FailoverChecks,
  FailoverList,
  FailoverRequest,
  PreferenceChange,
} from '#contract/failover.ts'
import { ActivityPage, HistorySummary, TunnelHistory } from '#contract/history.ts'
import { AcknowledgementRequest, MaintenanceRequest, NoteRequest } from '#contract/mark-requests.ts'
import { Mark, MarkList } from '#contract/marks.ts'
import { type Operation, type OperationId, operations } from '#contract/operations.ts'
import {
  Account,
  DemoRole,
  Invitation,
  InvitationAcceptance,
  InvitationLook,
  InvitationLookRequest,
  Pairing,
  PairingState,
  PasswordChange,
  Person,
  PersonAddition,
  PersonChange,
  PersonList,
  ScreenApproval,
  ScreenChange,
  ScreenClaim,
  ScreenLink,
  ScreenLinkRequest,
  ScreenList,
  SecondFactor,
  SecondFactorCode,
  SessionList,
  SetupRequest,
  SignInAgainRequest,
  SignInRequest,
} from '#contract/people.ts'
import { Problem } from '#contract/problem.ts'
import { Done, SessionAnswer } from '#contract/session.ts'
import { summaries } from '#contract/summaries.ts'
import { TagChange } from '#contract/tag-requests.ts'
import {
  Configuration,
  Connector,
  ConnectorList,
  ConnectorsFound,
  InstallToken,
  TunnelDetail,
  TunnelList,
} from '#contract/tunnel.ts'
import { ConfigurationChange, TunnelChange, TunnelCreation } from '#contract/tunnel-requests.ts'
import { ProblemError } from '../problem.ts'
import type { Route } from './route.ts'

/** What each operation takes and answers; path, method, role and words come from the table itself. */
type Shape = {
  body?: z.ZodMiniType
  answer: z.ZodMiniType
  status: number
  fresh?: true
  /** Takes an `Idempotency-Key`: the same one again is the same request, done once. */
  key?: true
  /** Names of further query parameters, all optional. */
  query?: string[]
  /** Others may add to its query what they like. */
  openQuery?: true
  media?: string
}

const activityQuery = ['from', 'to', 'tunnel', 'connector', 'kind', 'cursor']
const auditQuery = ['from', 'to', 'who', 'what', 'tunnel', 'cursor']

export const shapes: Record<OperationId, Shape> = {
  sessionGet: { answer: SessionAnswer, status: 200, fresh: true },
  tunnelList: { answer: TunnelList, status: 200 },
  tunnelCreate: { body: TunnelCreation, answer: TunnelDetail, status: 201 },
  tunnelGet: { answer: TunnelDetail, status: 200, fresh: true },
  tunnelUpdate: { body: TunnelChange, answer: TunnelDetail, status: 200 },
  tunnelDelete: { answer: TunnelDetail, status: 200 },
  tokenGet: { answer: InstallToken, status: 200 },
  connectorList: { answer: ConnectorList, status: 200, fresh: true },
  connectorGet: { answer: Connector, status: 200, fresh: true },
  connectorFind: { answer: ConnectorsFound, status: 200, query: ['q'] },
  configurationGet: { answer: Configuration, status: 200, fresh: true },
  configurationPut: { body: ConfigurationChange, answer: Configuration, status: 200 },
  failoverRun: { body: FailoverRequest, answer: Failover, status: 202, key: true },
  failoverChecks: { answer: FailoverChecks, status: 200, query: ['to'] },
  failoverList: { answer: FailoverList, status: 200 },
  preferencePut: { body: PreferenceChange, answer: TunnelDetail, status: 200 },
  tunnelTag: { body: TagChange, answer: TunnelDetail, status: 200 },
  markList: { answer: MarkList, status: 200, query: ['from', 'to'] },
  acknowledgementAdd: { body: AcknowledgementRequest, answer: Mark, status: 201 },
  noteAdd: { body: NoteRequest, answer: Mark, status: 201 },
  noteDelete: { answer: Mark, status: 200 },
  maintenanceAdd: { body: MaintenanceRequest, answer: Mark, status: 201 },
  maintenanceEnd: { answer: Mark, status: 200 },
  failoverGet: { answer: Failover, status: 200 },
  historyGet: { answer: TunnelHistory, status: 200, query: ['from', 'to'] },
  connectorHistoryGet: { answer: TunnelHistory, status: 200, query: ['from', 'to'] },
  historyExport: { answer: z.string(), status: 200, query: ['from', 'to'], media: 'text/csv' },
  historySummary: { answer: HistorySummary, status: 200, query: ['from', 'to', 'strips'] },
  activityList: { answer: ActivityPage, status: 200, query: activityQuery },
  activityCsv: { answer: z.string(), status: 200, query: activityQuery, media: 'text/csv' },
  activityJsonl: {
    answer: z.string(),
    status: 200,
    query: activityQuery,
    media: 'application/x-ndjson',
  },
  eventStream: {
    answer: ToldEvent,
    status: 200,
    query: ['after', 'watching', 'page'],
    media: 'text/event-stream',
  },
  openapiGet: { answer: z.unknown(), status: 200 },
  auditList: { answer: AuditPage, status: 200, query: auditQuery },
  auditCsv: { answer: z.string(), status: 200, query: auditQuery, media: 'text/csv' },
  auditJsonl: {
    answer: z.string(),
    status: 200,
    query: auditQuery,
    media: 'application/x-ndjson',
  },
  auditChain: { answer: AuditChain, status: 200 },
  signIn: { body: SignInRequest, answer: Done, status: 200 },
  signInOidc: { answer: z.unknown(), status: 302, query: ['returnTo', 'again'] },
  signInOidcEnd: {
    answer: z.unknown(),
    status: 302,
    query: ['code', 'state', 'iss', 'error'],
    openQuery: true,
  },
  signInAgain: { body: SignInAgainRequest, answer: Done, status: 200 },
  signOut: { answer: Done, status: 200 },
  setUp: { body: SetupRequest, answer: Done, status: 200 },
  invitationLook: { body: InvitationLookRequest, answer: InvitationLook, status: 200 },
  invitationAccept: { body: InvitationAcceptance, answer: Done, status: 200 },
  accountGet: { answer: Account, status: 200 },
  passwordChange: { body: PasswordChange, answer: Done, status: 200 },
  sessionList: { answer: SessionList, status: 200 },
  sessionEndOthers: { answer: Done, status: 200 },
  secondFactorNew: { answer: SecondFactor, status: 200 },
  secondFactorConfirm: { body: SecondFactorCode, answer: Done, status: 200 },
  secondFactorRemove: { answer: Done, status: 200 },
  sessionEnd: { answer: Done, status: 200 },
  personList: { answer: PersonList, status: 200 },
  personAdd: { body: PersonAddition, answer: Invitation, status: 201 },
  personChange: { body: PersonChange, answer: Person, status: 200 },
  personRemove: { answer: Done, status: 200 },
  personInvite: { answer: Invitation, status: 201 },
  invitationRevoke: { answer: Done, status: 200 },
  personSessions: { answer: SessionList, status: 200 },
  personSignOut: { answer: Done, status: 200 },
  screenList: { answer: ScreenList, status: 200 },
  pairingBegin: { answer: Pairing, status: 201 },
  screenApprove: { body: ScreenApproval, answer: Done, status: 200 },
  screenLinkMake: { body: ScreenLinkRequest, answer: ScreenLink, status: 201 },
  screenClaim: { body: ScreenClaim, answer: PairingState, status: 200 },
  screenRename: { body: ScreenChange, answer: Done, status: 200 },
  screenRevoke: { answer: Done, status: 200 },
  demoRole: { body: DemoRole, answer: Done, status: 200 },
}

/**
 * A misspelt name would count for nothing, and the answer would look like what was asked for.
 *
 * @throws ProblemError `invalid-request` at the first name that the operation does not have.
 */
export function assertKnownQuery(operationId: OperationId, names: Iterable<string>) {
  const { query = [], fresh, openQuery } = shapes[operationId]
  if (openQuery) return
  for (const name of names) {
    if (query.includes(name) || (fresh && name === 'fresh')) continue
    throw new ProblemError(
      'invalid-request',
      `There is no “${name.slice(0, 50)}” in the query of this; /api/openapi.json lists what there is.`,
      { field: name.slice(0, 50) },
    )
  }
}

/** Tandem's own API as an OpenAPI 3.1 document, made of the operations table and the contract's schemas. */
export function openapiDocument() {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const [id, operation] of Object.entries<Operation>(operations)) {
    const {
      body,
      answer,
      status,
      fresh,
      key,
      query = [],
      media = 'application/json',
    } = shapes[id as OperationId]
    const answered = {
      description: summaries[id as OperationId],
      content: { [media]: { schema: toSchema(answer, 'output') } },
    }
    const path = `/api${operation.path}`
    paths[path] ??= {}
    paths[path][operation.method.toLowerCase()] = {
      operationId: id,
      summary: summaries[id as OperationId],
      'x-tandem-role': operation.role,
      'x-tandem-audited': operation.audited === true,
      'x-tandem-cost': operation.cost ?? 0,
      parameters: [
        ...[...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
          name,
          in: 'path',
          required: true,
          schema: { type: 'string', format: 'uuid' },
        })),
        ...(fresh
          ? [{ name: 'fresh', in: 'query', schema: { type: 'boolean', default: false } }]
          : []),
        ...query.map((name) => ({ name, in: 'query', schema: { type: 'string' } })),
        ...(key
          ? [{ name: 'Idempotency-Key', in: 'header', schema: { type: 'string', format: 'uuid' } }]
          : []),
        ...(operation.method === 'GET'
          ? []
          : [
              { name: 'X-Requested-By', in: 'header', required: true, schema: { const: 'tandem' } },
            ]),
      ],
      ...(body
        ? {
            requestBody: {
              required: true,
              content: { 'application/json': { schema: toSchema(body, 'input') } },
            },
          }
        : {}),
      responses: {
        ...(key
          ? { 200: { ...answered, description: 'The same key again: as it is by now' } }
          : {}),
        [status]: answered,
        default: {
          description: 'What went wrong, what still works and what to do (RFC 9457)',
          content: { 'application/problem+json': { schema: toSchema(Problem, 'output') } },
        },
      },
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Tandem', version: '1', license: { name: 'MIT', identifier: 'MIT' } },
    paths,
  }
}

const toSchema = (schema: z.ZodMiniType, io: 'input' | 'output') => {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return $schema ? rest : rest
}

export function openapiRoutes(route: Route) {
  let json: string | null = null
  route('openapiGet', (c) => {
    json ??= JSON.stringify(openapiDocument())
    return c.body(json, 200, { 'content-type': 'application/json' })
  })
}

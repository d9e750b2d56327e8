import * as z from 'zod/mini'

/**
 * Cloudflare's shapes as they arrive, read leniently. Every field of every response is optional in
 * the published schema and enums can grow, so a field that is missing, null or of another type reads
 * as `undefined` and the record survives. Nothing in here throws on any JSON.
 *
 * snake_case stays in this file; `proxy/cloudflare/translate.ts` turns these into Tandem's words.
 * Source: https://developers.cloudflare.com/api/resources/zero_trust/subresources/tunnels/subresources/warp_connector/
 */

const maybe = <T extends z.ZodMiniType>(schema: T) => z.catch(z.optional(schema), undefined)
const text = maybe(z.string())
/** An object of known keys; anything else in its place reads as an empty one. */
const record = <T extends z.core.$ZodLooseShape>(shape: T) =>
  z.pipe(
    z.transform((value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {},
    ),
    z.object(shape),
  )
/** A list; anything that is not an array reads as an empty one, so one bad field hides one field. */
const list = <T extends z.ZodMiniType>(item: T) =>
  z.pipe(
    z.transform((value: unknown) => (Array.isArray(value) ? value : [])),
    z.array(item),
  )

export const CfConnection = record({
  id: text,
  client_id: text,
  client_version: text,
  colo_name: text,
  opened_at: text,
  origin_ip: text,
  /** Documented for tunnels' deprecated `connections`; not in the SDK's types. Used where present. */
  is_pending_reconnect: maybe(z.boolean()),
})
export type CfConnection = z.infer<typeof CfConnection>

export const CfConnector = record({
  id: text,
  arch: text,
  version: text,
  features: maybe(z.array(z.string())),
  run_at: text,
  /** `active` · `passive` · `offline`; absent on tunnels without HA. */
  ha_status: text,
  conns: list(CfConnection),
})
export type CfConnector = z.infer<typeof CfConnector>

export const CfTunnel = record({
  id: text,
  account_tag: text,
  name: text,
  /** `inactive` · `degraded` · `healthy` · `down` */
  status: text,
  conns_active_at: text,
  conns_inactive_at: text,
  created_at: text,
  deleted_at: text,
  tun_type: text,
  metadata: z.optional(z.unknown()),
})
export type CfTunnel = z.infer<typeof CfTunnel>

export const CfConfiguration = record({
  tunnel_id: text,
  configuration_version: maybe(z.number()),
  created_at: text,
  /** “Null if never updated.” */
  updated_at: maybe(z.nullable(z.string())),
  /** `none` HA on, no provider yet · `disabled` · `aws` · `local` */
  ha_mode: text,
  config: maybe(
    record({
      fnr_id: text,
      vips: maybe(list(record({ address: text }))),
      vips_previous: maybe(list(record({ address: text }))),
    }),
  ),
})
export type CfConfiguration = z.infer<typeof CfConfiguration>

export const CfMessage = record({
  code: z.catch(z.union([z.number(), z.string()]), 0),
  message: z.catch(z.string(), ''),
})
export type CfMessage = z.infer<typeof CfMessage>

/** `success: true` on a 2xx JSON answer is the only success there is. */
export const CfEnvelope = record({
  success: maybe(z.boolean()),
  errors: list(CfMessage),
  messages: list(CfMessage),
  result: z.optional(z.unknown()),
  result_info: maybe(
    record({
      page: maybe(z.number()),
      per_page: maybe(z.number()),
      count: maybe(z.number()),
      total_count: maybe(z.number()),
      total_pages: maybe(z.number()),
    }),
  ),
})
export type CfEnvelope = z.infer<typeof CfEnvelope>

/** What `/accounts/{id}/tokens/verify` and `/user/tokens/verify` answer. */
export const CfTokenVerification = record({
  id: text,
  status: text,
  expires_on: text,
  not_before: text,
})
export type CfTokenVerification = z.infer<typeof CfTokenVerification>

export const CfTunnelList = list(CfTunnel)
export const CfConnectorList = list(CfConnector)

import type { ConfigurationGetResponse } from 'cloudflare/resources/zero-trust/tunnels/warp-connector/configurations'
import type { ConnectionGetResponse } from 'cloudflare/resources/zero-trust/tunnels/warp-connector/connections'
import type { ConnectorGetResponse } from 'cloudflare/resources/zero-trust/tunnels/warp-connector/connectors'
import type { WARPConnectorGetResponse } from 'cloudflare/resources/zero-trust/tunnels/warp-connector/warp-connector'
import * as fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  CfConfiguration,
  CfConnection,
  CfConnector,
  CfConnectorList,
  CfEnvelope,
  CfMessage,
  CfTokenVerification,
  CfTunnel,
  CfTunnelList,
} from './cloudflare.ts'

const schemas = [
  CfConfiguration,
  CfConnection,
  CfConnector,
  CfConnectorList,
  CfEnvelope,
  CfMessage,
  CfTokenVerification,
  CfTunnel,
  CfTunnelList,
]

describe('the official SDK’s types', () => {
  /** What the SDK promises fits what we read, field by field, where both know the field. */
  type Common<Theirs, Ours> = Pick<Theirs, keyof Theirs & keyof Ours>

  test('of a tunnel are ours, but for the deprecated connections', () => {
    expectTypeOf<Common<WARPConnectorGetResponse, CfTunnel>>().toExtend<Partial<CfTunnel>>()
    expectTypeOf<Exclude<keyof CfTunnel, keyof WARPConnectorGetResponse>>().toEqualTypeOf<never>()
    expectTypeOf<
      Exclude<keyof WARPConnectorGetResponse, keyof CfTunnel>
    >().toEqualTypeOf<'connections'>()
  })

  test('of a connector are ours, listed or alone', () => {
    type Theirs = ConnectionGetResponse
    expectTypeOf<ConnectorGetResponse>().toExtend<Theirs>()
    expectTypeOf<keyof Theirs>().toEqualTypeOf<keyof CfConnector>()
    expectTypeOf<Omit<Theirs, 'conns'>>().toExtend<Partial<Omit<CfConnector, 'conns'>>>()
  })

  test('of a connection are ours, but for the mark that only the docs have', () => {
    type Theirs = ConnectionGetResponse.Conn
    expectTypeOf<Common<Theirs, CfConnection>>().toExtend<Partial<CfConnection>>()
    expectTypeOf<
      Exclude<keyof CfConnection, keyof Theirs>
    >().toEqualTypeOf<'is_pending_reconnect'>()
    expectTypeOf<Exclude<keyof Theirs, keyof CfConnection>>().toEqualTypeOf<never>()
  })

  test('of an HA configuration are ours', () => {
    type Theirs = ConfigurationGetResponse
    expectTypeOf<keyof Theirs>().toEqualTypeOf<keyof CfConfiguration>()
    expectTypeOf<Omit<Theirs, 'config'>>().toExtend<Partial<Omit<CfConfiguration, 'config'>>>()
    type Config = NonNullable<CfConfiguration['config']>
    expectTypeOf<ConfigurationGetResponse.TunnelMeshAwsConfig>().toExtend<Partial<Config>>()
    expectTypeOf<ConfigurationGetResponse.TunnelMeshLocalConfig>().toExtend<Partial<Config>>()
  })
})

const tunnel = {
  id: 'f70ff985-a4ef-4643-bbbc-4a0ed4fc8415',
  account_tag: '699d98642c564d2e855e9661899b7252',
  name: 'blog',
  status: 'healthy',
  conns_active_at: '2009-11-10T23:00:00Z',
  conns_inactive_at: '2009-11-10T23:00:00Z',
  created_at: '2021-01-25T18:22:34.317854Z',
  deleted_at: '2009-11-10T23:00:00Z',
  tun_type: 'warp_connector',
  metadata: { a: [1] },
}
const connection = {
  id: '1bedc50d-42b3-473c-b108-ff3d10c0d925',
  client_id: '1bedc50d-42b3-473c-b108-ff3d10c0d925',
  client_version: '2022.7.1',
  colo_name: 'DFW',
  opened_at: '2021-01-25T18:22:34.317854Z',
  origin_ip: '198.51.100.7',
  is_pending_reconnect: false,
}
const connector = {
  id: '1bedc50d-42b3-473c-b108-ff3d10c0d925',
  arch: 'linux_amd64',
  version: '2022.7.1',
  features: ['ha-origin'],
  run_at: '2009-11-10T23:00:00Z',
  ha_status: 'active',
  conns: [connection],
}
const configuration = {
  tunnel_id: tunnel.id,
  configuration_version: 3,
  created_at: '2021-01-25T18:22:34.317854Z',
  updated_at: '2021-01-25T18:22:34.317854Z',
  ha_mode: 'local',
  config: {
    fnr_id: 'eni-0123456789abcdef0',
    vips: [{ address: '10.0.0.10' }],
    vips_previous: [{ address: '10.0.0.9' }],
  },
}
const fixtures = [
  { name: 'tunnel', schema: CfTunnel, whole: tunnel },
  { name: 'connection', schema: CfConnection, whole: connection },
  { name: 'connector', schema: CfConnector, whole: connector },
  { name: 'configuration', schema: CfConfiguration, whole: configuration },
]
/** What a field reads as when it is not there: a list is empty, the rest is not reported. */
const absent = (field: string) => (field === 'conns' ? [] : undefined)

describe.each(fixtures)('a $name', ({ schema, whole }) => {
  const fields = Object.keys(whole)
  const removals = fields.flatMap((first, index) =>
    fields.slice(index).map((second) => [...new Set([first, second])]),
  )

  test('that is whole reads as it is', () => {
    expect(schema.parse(whole)).toEqual(whole)
  })

  // U10: each field and each pair of fields removed.
  test.each(removals.map((fields) => ({ fields })))('reads without $fields', ({ fields }) => {
    const rest = Object.fromEntries(Object.entries(whole).filter(([key]) => !fields.includes(key)))
    const read: Record<string, unknown> = { ...schema.parse(rest) }
    for (const [key, value] of Object.entries(whole))
      expect(read[key]).toEqual(fields.includes(key) ? absent(key) : value)
  })

  // U12: null, or another type, in place of each field.
  test.each(fields)('reads with anything for %s, and the rest as it is', (field) => {
    for (const stranger of [null, 7, 'x', true, [], {}, [null], { __proto__: null }, [[[]]]]) {
      const read: Record<string, unknown> = { ...schema.parse({ ...whole, [field]: stranger }) }
      expect({ ...read, [field]: null }).toEqual({ ...whole, [field]: null })
    }
  })
})

/** Any JSON, with the field names of Cloudflare and of those who mean harm among its keys. */
const key = fc.oneof(
  fc.constantFrom(
    ...new Set(fixtures.flatMap(({ whole }) => Object.keys(whole))),
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'success',
    'errors',
    'result',
    'result_info',
    'code',
    'message',
  ),
  fc.string(),
)
/** As text, because only a parsed `__proto__` is a key of its own. */
const json = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc
      .oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null))
      .map((v) => JSON.stringify(v)),
    tie('object'),
    tie('array'),
  ),
  object: fc
    .array(fc.tuple(key, tie('value')), { maxLength: 8 })
    .map((entries) => `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${v}`).join(',')}}`),
  array: fc.array(tie('value'), { maxLength: 5 }).map((items) => `[${items.join(',')}]`),
})).value

describe('any JSON', () => {
  test('never makes a schema throw, nor touches Object.prototype', () => {
    const before = Object.getOwnPropertyNames(Object.prototype)
    fc.assert(
      fc.property(json, (text) => {
        for (const schema of schemas) {
          const read: unknown = schema.parse(JSON.parse(text))
          // What is read has no say over its own prototype.
          expect([Object.prototype, Array.prototype]).toContain(Object.getPrototypeOf(read))
        }
      }),
      { numRuns: 10_000 },
    )
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test('that is deep as a well is read like any other', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`)
    expect(CfTunnel.parse({ ...tunnel, metadata: deep, name: deep }).id).toBe(tunnel.id)
    expect(CfEnvelope.parse({ success: true, errors: deep, result: deep }).success).toBe(true)
  })

  test('with a key __proto__ changes nobody but itself', () => {
    const read = CfTunnel.parse(
      JSON.parse(
        '{"__proto__":{"polluted":1},"id":"x","constructor":{"prototype":{"polluted":1}}}',
      ),
    )
    expect(read.id).toBe('x')
    expect((read as Record<string, unknown>).polluted).toBeUndefined()
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

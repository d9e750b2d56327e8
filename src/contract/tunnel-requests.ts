import * as z from 'zod/mini'

/** What people may ask to be done to a tunnel, checked in the proxy and by the dialog that asks. */

const TunnelName = z
  .string('must be a text')
  .check(
    z.trim(),
    z.minLength(1, 'must not be empty'),
    z.maxLength(255, 'must be 255 characters or fewer'),
  )

/** Base64 of at least 32 bytes, whole, with its `=`: what Cloudflare takes as a tunnel secret. */
const TunnelSecret = z
  .string()
  .check(
    z.regex(
      /^([A-Za-z0-9+/]{4}){10,}([A-Za-z0-9+/]{3}[A-Za-z0-9+/=]|[A-Za-z0-9+/]{6}==)$/,
      'must be base64 of at least 32 bytes',
    ),
    z.maxLength(1024, 'must be 1,024 characters or fewer'),
  )

export const TunnelCreation = z.strictObject({
  name: TunnelName,
  ha: z.boolean(),
  /** Which account, where Tandem watches several; the only one if left out. */
  accountId: z.optional(z.string()),
})
export type TunnelCreation = z.infer<typeof TunnelCreation>

export const TunnelChange = z
  .strictObject({ name: z.optional(TunnelName), secret: z.optional(TunnelSecret) })
  .check(
    z.refine((change) => change.name !== undefined || change.secret !== undefined, {
      message: 'must hold a name or a secret',
    }),
  )
export type TunnelChange = z.infer<typeof TunnelChange>

/** The one spelling of an address, to compare it by: IPv6 has many. What is no address stays as it is. */
export function toOneSpelling(address: string): string {
  const url = `http://[${address}]`
  return URL.canParse(url) ? new URL(url).hostname : address
}

const Vip = z.union([z.ipv4(), z.ipv6()], 'must be an IPv4 or IPv6 address')

export const ConfigurationChange = z.discriminatedUnion('haMode', [
  z.strictObject({ haMode: z.enum(['none', 'disabled']) }),
  z.strictObject({
    haMode: z.literal('aws'),
    fnrId: z
      .string()
      .check(z.regex(/^eni-[0-9a-f]{8,32}$/, 'must look like eni-0123456789abcdef0')),
  }),
  z
    .strictObject({
      haMode: z.literal('local'),
      vips: z
        .array(Vip)
        .check(
          z.minLength(1, 'needs at least one address'),
          z.maxLength(8, 'takes 8 addresses at most'),
        ),
      vipsPrevious: z.optional(z.array(Vip).check(z.maxLength(8, 'takes 8 addresses at most'))),
    })
    .check(
      // A connector might give up what it is to hold.
      z.refine(
        ({ vips, vipsPrevious = [] }) => {
          const held = new Set(vips.map(toOneSpelling))
          return !vipsPrevious.some((address) => held.has(toOneSpelling(address)))
        },
        { path: ['vipsPrevious'], message: 'must hold none of the addresses that are set' },
      ),
    ),
])
export type ConfigurationChange = z.infer<typeof ConfigurationChange>

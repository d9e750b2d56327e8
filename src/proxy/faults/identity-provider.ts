import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import { type Configuration, Provider } from 'oidc-provider'

/** A real provider of OpenID Connect, which takes whoever comes for the account of a cookie. */

export type IdentityProvider = Awaited<ReturnType<typeof startIdentityProvider>>

export const clientSecret = 'a secret of the client that is long enough'

/**
 * @param publicUrl where it sends people back to.
 * @param accounts what it says of each account, by its name; looked at anew each time.
 */
export async function startIdentityProvider(
  publicUrl: string,
  accounts: Record<string, Record<string, unknown>>,
) {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const jwk = { ...(await exportJWK(privateKey)), kid: 'p', alg: 'RS256', use: 'sig' }
  const configuration: Configuration = {
    clients: [
      {
        client_id: 'tandem',
        client_secret: clientSecret,
        redirect_uris: [`${publicUrl}/api/sign-in/oidc/callback`],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    jwks: { keys: [jwk] },
    pkce: { required: () => true },
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'], email: ['email'] },
    cookies: { keys: ['test'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...accounts[id] }),
    }),
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      IdToken: 600,
      Interaction: 600,
      Session: 600,
      Grant: 600,
    },
  }
  const server: Server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const oidc = new Provider(issuer, configuration)
  const callback = oidc.callback()

  /** Whoever comes is the account of the cookie `as`, and agrees; without one they say no. */
  async function handle(...[request, response]: Parameters<typeof callback>) {
    if (!request.url?.startsWith('/interaction/')) return callback(request, response)
    const { params, prompt, grantId } = await oidc.interactionDetails(request, response)
    const login = /as=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? ''
    if (login === '') {
      return oidc.interactionFinished(request, response, { error: 'access_denied' })
    }
    if (prompt.name === 'login') {
      return oidc.interactionFinished(request, response, { login: { accountId: login } })
    }
    const grant = grantId
      ? await oidc.Grant.find(grantId)
      : new oidc.Grant({ accountId: login, clientId: String(params.client_id) })
    grant?.addOIDCScope('openid profile email')
    return oidc.interactionFinished(request, response, {
      consent: { grantId: await grant?.save() },
    })
  }

  return {
    issuer,
    end() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

/** City and country (ISO 3166-1) of Cloudflare's data centres by IATA code. Source: https://www.cloudflarestatus.com */
export const colos: Readonly<Record<string, readonly [city: string, country: string]>> = {
  LHR: ['London', 'GB'],
}

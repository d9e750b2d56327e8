/** The first block of an id: how people tell connectors apart, since Cloudflare gives them no name. */
export const shortId = (id: string): string => id.slice(0, 8)

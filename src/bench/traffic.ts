import type { CDPSession } from '@playwright/test'

/** What comes over the wire, as the browser counts it: headers and compressed bodies. */

export type Traffic = { totalBytes: () => number; byKind: () => Map<string, number> }

/** Counts from now on. A stream that is still open counts with what it brought so far. */
export async function countTraffic(devTools: CDPSession): Promise<Traffic> {
  const kinds = new Map<string, string>()
  const bytes = new Map<string, number>()
  devTools.on('Network.responseReceived', ({ requestId, response, type }) => {
    kinds.set(requestId, new URL(response.url).pathname.startsWith('/api/') ? 'API' : type)
    bytes.set(requestId, response.encodedDataLength)
  })
  devTools.on('Network.dataReceived', ({ requestId, encodedDataLength }) => {
    bytes.set(requestId, (bytes.get(requestId) ?? 0) + encodedDataLength)
  })
  devTools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    // The whole, headers included: it replaces what was added up on the way.
    bytes.set(requestId, encodedDataLength)
  })
  await devTools.send('Network.enable')
  await devTools.send('Network.setCacheDisabled', { cacheDisabled: false })

  return {
    totalBytes: () => [...bytes.values()].reduce((sum, each) => sum + each, 0),
    byKind() {
      const sums = new Map<string, number>()
      for (const [requestId, each] of bytes) {
        const kind = kinds.get(requestId) ?? 'Other'
        sums.set(kind, (sums.get(kind) ?? 0) + each)
      }
      return sums
    },
  }
}

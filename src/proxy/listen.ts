import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import type { Hono } from 'hono'
import { limitConnections } from './connections.ts'
import type { Env } from './identity/who.ts'

/** The socket side: how long a sender may take, how much it may say, and how many may come. */
export const socketLimits = {
  /** Node's own defaults (60 s, 300 s) let slow senders hold their sockets too long. */
  headersMs: 10_000,
  requestMs: 15_000,
  /** How often both are looked at. */
  checkMs: 5_000,
  /**
   * So long a connection waits for its next request: longer than a proxy in front keeps one (nginx: 60 s), or a
   * request, such as a failover's, goes out on one that is being closed.
   */
  idleMs: 75_000,
  /** Nothing sent and nothing taken: somebody who stopped reading. A live stream beats four times in it. */
  silentMs: 60_000,
  /** The first line and all headers together. */
  headerBytes: 16 * 1024,
  sockets: 4_000,
  perAddress: 100,
}

/**
 * Serves the app. What is too slow, too large or too much is answered with 408, 431 or 400, or cut off,
 * before any of our own code runs.
 *
 * @param isExempt addresses that stand for many people
 * @param onListening told the port that it got
 */
export function listen(
  app: Hono<Env>,
  {
    host,
    port,
    isExempt,
    onListening,
    limits = socketLimits,
  }: {
    host: string
    port: number
    isExempt: (address: string) => boolean
    onListening: (port: number) => void
    limits?: typeof socketLimits
  },
): Server {
  const server = serve(
    {
      fetch: app.fetch,
      hostname: host,
      port,
      serverOptions: {
        headersTimeout: limits.headersMs,
        requestTimeout: limits.requestMs,
        keepAliveTimeout: limits.idleMs,
        connectionsCheckingInterval: limits.checkMs,
        maxHeaderSize: limits.headerBytes,
      },
    },
    (address) => onListening(address.port),
  ) as Server
  server.maxConnections = limits.sockets
  server.setTimeout(limits.silentMs)
  limitConnections(server, { most: limits.perAddress, isExempt })
  return server
}

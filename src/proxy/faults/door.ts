import type { Server } from 'node:http'
import { isLoopback } from '../config.ts'
import { listen, socketLimits } from '../listen.ts'
import type { Rig } from './rig.ts'

/**
 * The socket of a rig, as `main.ts` opens it.
 *
 * @param limits in place of the usual ones, for what takes seconds
 */
export async function openDoor(rig: Pick<Rig, 'app'>, limits: Partial<typeof socketLimits> = {}) {
  const { server, port } = await new Promise<{ server: Server; port: number }>((resolve) => {
    const server = listen(rig.app, {
      host: '127.0.0.1',
      port: 0,
      isExempt: isLoopback,
      onListening: (port) => resolve({ server, port }),
      limits: { ...socketLimits, ...limits },
    })
  })
  return {
    port,
    server,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

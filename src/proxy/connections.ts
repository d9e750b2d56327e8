import type { Server } from 'node:http'

/**
 * How many connections one address may hold, so that nobody can take all of them. What is exempt stands for
 * many people: this machine, and the proxies in front.
 */
export function limitConnections(
  server: Server,
  { most, isExempt }: { most: number; isExempt: (address: string) => boolean },
) {
  const open = new Map<string, number>()
  server.on('connection', (socket) => {
    const address = socket.remoteAddress ?? ''
    if (isExempt(address)) return
    const count = (open.get(address) ?? 0) + 1
    if (count > most) {
      socket.destroy()
      return
    }
    open.set(address, count)
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1
      if (left === 0) open.delete(address)
      else open.set(address, left)
    })
  })
}

import { connect } from 'node:net'
import { startTandem } from '../../../e2e/tandem.ts'
import { toText } from '../faults/raw.ts'
import { startWorld } from '../faults/world.ts'

/** A crowd of slow senders at the door of the built Tandem, with the limits that it has, while somebody uses it. */

export type CrowdVerdict = {
  /** How many were held at once. */
  held: number
  answered: number
  refused: number
  /** Of what the others asked meanwhile, milliseconds. */
  p99Ms: number
  /** Of the slow sender that stayed longest. */
  longestMs: number
}

const host: [string, string] = ['host', '127.0.0.1']
const lateHeaders = `GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx-a: `
const lateBody = toText(
  'POST',
  '/api/tunnels',
  [host, ['x-requested-by', 'tandem'], ['content-type', 'application/json']],
  '{"name":"x"}',
).slice(0, -5)

/** @param wanted slow senders, half of them in their headers and half in their body */
export async function crowdDoor(wanted: number): Promise<CrowdVerdict> {
  const world = await startWorld('docs', { early: false })
  const tandem = await startTandem({
    CLOUDFLARE_API_TOKEN: world.token,
    CLOUDFLARE_ACCOUNT_ID: world.accounts[0] ?? '',
    CLOUDFLARE_BASE_URL: world.baseUrl,
    TANDEM_SIGN_IN: 'off',
  })
  const port = Number(new URL(tandem.address).port)
  let held = 0
  let open = 0
  const stays = Array.from({ length: wanted }, (_, n) =>
    linger(port, n % 2 === 0 ? lateHeaders : lateBody, (change) => {
      open += change
      held = Math.max(held, open)
    }),
  )
  let isOver = false
  const gone = Promise.all(stays).finally(() => {
    isOver = true
  })
  const times: number[] = []
  let refused = 0
  while (!isOver) {
    const began = performance.now()
    const answer = await fetch(`${tandem.address}/api/tunnels`)
    await answer.arrayBuffer()
    times.push(performance.now() - began)
    if (!answer.ok) refused += 1
  }
  const longestMs = Math.max(...(await gone))
  await tandem.end()
  tandem.remove()
  await world.end()
  const p99Ms = times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0
  return { held, answered: times.length, refused, p99Ms, longestMs }
}

/** Says this much and waits; resolves with how long it was let stay, milliseconds. */
function linger(port: number, text: string, tell: (change: 1 | -1) => void): Promise<number> {
  return new Promise((resolve) => {
    let began = 0
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      began = performance.now()
      tell(1)
      socket.write(text)
    })
    socket.resume()
    socket.on('error', () => {})
    socket.on('close', () => {
      if (began > 0) tell(-1)
      resolve(began > 0 ? performance.now() - began : 0)
    })
  })
}

/** Which names in the environment look like Tandem's settings and are none? Pure. */

/** What its tests, its tasks and its development server are told by; they hand their environment on. */
const ofTasks = /^TANDEM_(?:CHROMIUM|E2E_REPORT|HOSTILE_\w+|LISTINGS|PROXY|RACES)$/

/**
 * What Kubernetes tells every container of a service whose name begins with “tandem”.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
const ofCluster = /_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?)$/
const clusterAddress = /^(?:tcp|udp|sctp):\/\//

/** Letters that may be wrong for a name still to be meant. */
const mostWrong = 3

/**
 * A sentence for each: a list of admins that nobody reads, or a proxy that is not trusted, looks set up.
 *
 * @param known the names of all settings.
 */
export function strangeNames(
  env: Record<string, string | undefined>,
  known: readonly string[],
): string[] {
  const strange = Object.entries(env).filter(
    ([name, value = '']) =>
      name.startsWith('TANDEM_') &&
      value.trim() !== '' &&
      !known.includes(name) &&
      !ofTasks.test(name) &&
      !ofCluster.test(name) &&
      !clusterAddress.test(value),
  )
  return strange.map(([name]) => {
    const meant = closest(name, known)
    return `${name} is no setting of Tandem’s; ${meant ? `${meant} is` : '--help lists them all'}.`
  })
}

function closest(name: string, known: readonly string[]): string | null {
  const bare = name.replace(/^TANDEM_/, '')
  if (known.includes(bare)) return bare
  const ranked = known
    .map((one) => ({ one, wrong: distance(name, one) }))
    .toSorted((a, b) => a.wrong - b.wrong)
  const [first] = ranked
  return first && first.wrong <= mostWrong ? first.one : null
}

/** Letters to put in, take out or exchange (Levenshtein's distance). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      const exchanged = (row[j] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(exchanged, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

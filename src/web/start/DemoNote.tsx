/** What in a demo is made up, and what is not. */
export function DemoNote() {
  return (
    <div className="flex flex-col gap-2 text-ink-2">
      <p>
        <strong className="font-medium text-ink">Simulated:</strong> the account, its tunnels and
        connectors, their addresses, their past, and everything that happens to them. A simulator of
        Cloudflare’s API runs beside Tandem; nothing here reaches Cloudflare.
      </p>
      <p>
        <strong className="font-medium text-ink">Real:</strong> Tandem. Its checks, failovers,
        history and audit do here what they do with an account of yours, so try them.
      </p>
    </div>
  )
}

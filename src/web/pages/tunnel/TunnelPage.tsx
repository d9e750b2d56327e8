export function TunnelPage() {
  return <h1>Tunnel</h1>
}

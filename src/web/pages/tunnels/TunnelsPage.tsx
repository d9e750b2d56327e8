import { usePageTitle } from '#web/ui/page-title.ts'

export function TunnelsPage() {
  usePageTitle('Tunnels')
  return <h1>Tunnels</h1>
}

export function ConnectorPage() {
  return <h1>Connector</h1>
}

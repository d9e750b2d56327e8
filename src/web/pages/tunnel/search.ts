/** The dialogs that the address of a tunnel's page can open. */
export const tunnelDialogs = [
  'failover',
  'rename',
  'secret',
  'configuration',
  'delete',
  'replica',
  'acknowledge',
  'note',
  'maintenance',
  'tags',
] as const

export type TunnelDialog = (typeof tunnelDialogs)[number]

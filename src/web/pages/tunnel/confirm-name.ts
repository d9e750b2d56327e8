import { shortId, visibleName } from '#web/ui/names.ts'

/** What somebody types to show that they mean this tunnel: its name as it is seen, or its short id if nothing is. */
export function confirmationWord(tunnel: { id: string; name: string }): string {
  return visibleName(tunnel.name) || shortId(tunnel.id)
}

/** Whether it was typed: the name as it is seen, or as it is stored. */
export function isConfirmed(typed: string, tunnel: { id: string; name: string }): boolean {
  const text = typed.trim()
  return text !== '' && (text === confirmationWord(tunnel) || text === tunnel.name.trim())
}

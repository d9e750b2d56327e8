import { IconButton } from '#web/ui/Button.tsx'
import { useCopy } from '#web/ui/CopyId.tsx'
import { serverNow } from '#web/ui/clock.ts'
import { useShortcut } from '#web/ui/shortcuts.ts'
import { useCursor } from './cursor.ts'
import { isLive, momentOf, permanent, rangeText, reaching } from './range.ts'
import type { RangeControl } from './use-range.ts'

/**
 * Copies an address that shows this stretch for ever, whatever the time. With the key it points at the moment
 * under the pointer or the keyboard as well.
 */
export function CopyLink({ control: { range, stretch } }: { control: RangeControl }) {
  const cursor = useCursor()
  const { copied, failed, copy } = useCopy()
  const copyLink = () => {
    const address = new URL(window.location.href)
    // What follows the present was drawn to the last look, and the clock of the stretch goes in steps.
    const shown = isLive(range) ? reaching(stretch, serverNow()) : stretch
    const text = rangeText(permanent(shown, cursor.at() ?? momentOf(range)))
    address.search = `?range=${text}`
    copy(address.href)
  }
  useShortcut('link', copyLink)
  const says = copied ? 'Copied' : failed ? 'The browser refused to copy' : null
  return (
    <>
      <IconButton
        size="sm"
        icon={copied ? 'check' : 'copy'}
        label={says ?? 'Copy a link to this stretch'}
        onClick={copyLink}
      />
      <output className="sr-only">{says}</output>
    </>
  )
}

import { DemoNote } from './DemoNote.tsx'
import { OwnAccount } from './OwnAccount.tsx'

/** What the word "Demo" in the header means, and the way out of it. */
export function DemoPopover() {
  return (
    <div className="flex flex-col gap-4">
      <h2 className="text-lg font-semibold">This is a demo</h2>
      <DemoNote />
      <h3 className="-mb-2 font-semibold">Your own account instead</h3>
      <OwnAccount isDemo accountIds={[]} />
    </div>
  )
}

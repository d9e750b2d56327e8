import { useState } from 'react'
import { Button, IconButton } from './Button.tsx'
import { useCopy } from './CopyId.tsx'

/** A secret that is shown only when asked for, and copied without being shown. */
export function Secret({ value, what }: { value: string; what: string }) {
  const [shown, setShown] = useState(false)
  return (
    <div className="flex items-start gap-1 rounded-md bg-sunken py-1.5 pr-1 pl-3">
      <code className="min-h-8 min-w-0 flex-1 content-center font-mono text-sm break-all">
        {shown ? value : <Masked what={what} />}
      </code>
      <IconButton
        icon={shown ? 'eyeOff' : 'eye'}
        label={shown ? `Hide ${what}` : `Show ${what}`}
        onClick={() => setShown(!shown)}
      />
      <CopyButton text={value} what={what} />
    </div>
  )
}

export function Masked({ what }: { what: string }) {
  return (
    <>
      <span aria-hidden="true">••••••••••••••••</span>
      <span className="sr-only">{what}, hidden</span>
    </>
  )
}

export function CopyButton({
  text,
  what,
  disabledReason,
}: {
  text: string
  what: string
  disabledReason?: string | null
}) {
  const { copied, failed, copy } = useCopy()
  return (
    <Button
      variant="ghost"
      icon={copied ? 'check' : 'copy'}
      disabledReason={disabledReason}
      onClick={() => copy(text)}
      className="max-sm:px-2 sm:w-22"
    >
      <span className="max-sm:sr-only">{copied ? 'Copied' : failed ? 'Refused' : 'Copy'}</span>
      <span className="sr-only"> {what}</span>
    </Button>
  )
}

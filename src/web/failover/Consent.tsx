import { type ReactNode, useEffect, useId, useRef } from 'react'
import { type FailoverCheck, mostReason } from '#contract/failover.ts'
import { Button } from '#web/ui/Button.tsx'
import { Callout } from '#web/ui/Callout.tsx'
import { Field, Input } from '#web/ui/Field.tsx'
import { Icon } from '#web/ui/Icon.tsx'
import { Kbd } from '#web/ui/Kbd.tsx'
import { NewTabLink } from '#web/ui/NewTabLink.tsx'
import { Skeleton } from '#web/ui/Skeleton.tsx'
import { isWriting } from '#web/ui/shortcuts.ts'
import { blocksIn, needsReason, risksIn, type Consent as Said } from './checks.ts'

/**
 * What speaks against it: reasons that nobody can override, or risks that the person accepts one by one,
 * grave ones with a reason; and whether it is a drill.
 */
export function Consent({
  checks,
  consent,
  runningId,
  onChange,
  onFollow,
}: {
  /** Null while Cloudflare is being asked. */
  checks: readonly FailoverCheck[] | null
  consent: Said
  /** A failover of this tunnel that runs already. */
  runningId: string | null
  onChange: (next: Said) => void
  onFollow: (failoverId: string) => void
}) {
  if (checks === null)
    return (
      <output aria-busy="true" className="flex flex-col gap-2">
        <span className="sr-only">Asking Cloudflare what speaks against it</span>
        <Skeleton className="h-5 w-60" />
        <Skeleton className="h-11 w-full" />
        <Skeleton className="h-11 w-full" />
      </output>
    )
  const blocks = blocksIn(checks)
  if (blocks.length > 0)
    return (
      <Callout
        tone="bad"
        title="It can’t be promoted now"
        action={
          runningId ? (
            <Button size="sm" onClick={() => onFollow(runningId)}>
              Follow it
            </Button>
          ) : null
        }
      >
        <ul className="mt-1 flex flex-col gap-2">
          {blocks.map(({ id, sentence, why, link }) => (
            <li key={id}>
              <span className="text-ink">{sentence}</span> {why}{' '}
              <NewTabLink href={link}>What to do</NewTabLink>
            </li>
          ))}
        </ul>
      </Callout>
    )
  const mustSayWhy = needsReason(checks)
  return (
    <div className="flex flex-col gap-4">
      <Risks risks={risksIn(checks)} consent={consent} onChange={onChange} />
      <div className="grid items-start gap-x-6 gap-y-3 sm:grid-cols-[minmax(0,1fr)_auto]">
        <Field
          label={mustSayWhy ? 'Reason' : 'Reason, if you like'}
          hint={
            mustSayWhy
              ? 'A grave risk needs one. It is kept with your name.'
              : 'Kept with the record.'
          }
        >
          {(control) => (
            <Input
              {...control}
              required={mustSayWhy}
              dir="auto"
              spellCheck
              value={consent.reason}
              maxLength={mostReason}
              onChange={({ target }) => onChange({ ...consent, reason: target.value })}
            />
          )}
        </Field>
        <Tick
          label="This is a drill"
          hint="For practice only"
          isTicked={consent.drill}
          onChange={(drill) => onChange({ ...consent, drill })}
          className="sm:mt-7"
        />
      </div>
    </div>
  )
}

function Risks({
  risks,
  consent,
  onChange,
}: {
  risks: readonly FailoverCheck[]
  consent: Said
  onChange: (next: Said) => void
}) {
  const toggle = (id: string) => {
    const { ticked } = consent
    const next = ticked.includes(id) ? ticked.filter((one) => one !== id) : [...ticked, id]
    onChange({ ...consent, ticked: next })
  }
  const boxes = useRef<HTMLFieldSetElement>(null)
  useNumberKeys(boxes, (number) => {
    const risk = risks[number - 1]
    if (risk) toggle(risk.id)
  })
  if (risks.length === 0)
    return (
      <p className="flex items-start gap-2 text-ink-2">
        <Icon name="check" className="mt-0.5 size-4 text-good" />
        Nothing speaks against it.
      </p>
    )
  return (
    <fieldset ref={boxes} className="flex min-w-0 flex-col">
      <legend className="mb-1.5 font-medium">
        {risks.length === 1 ? '1 risk to accept' : `${risks.length} risks to accept`}
      </legend>
      <div className="divide-y divide-line overflow-hidden rounded-md border border-line-edge">
        {risks.map(({ id, sentence, why, link, grave }, at) => (
          <div key={id} className={`flex gap-3 px-3 py-2 ${grave ? 'bg-warn-soft' : ''}`}>
            <Tick
              label={
                <>
                  {grave ? <span className="font-semibold text-warn">Grave: </span> : null}
                  {sentence}
                </>
              }
              hint={why}
              more={<NewTabLink href={link}>What to do</NewTabLink>}
              isTicked={consent.ticked.includes(id)}
              onChange={() => toggle(id)}
              className="flex-1"
            />
            {at < 9 ? (
              <span aria-hidden="true" className="max-sm:hidden">
                <Kbd>{String(at + 1)}</Kbd>
              </span>
            ) : null}
          </div>
        ))}
      </div>
    </fieldset>
  )
}

function Tick({
  label,
  hint,
  more,
  isTicked,
  onChange,
  className,
}: {
  label: ReactNode
  hint: string
  /** Where more of it is told; no part of what describes the box. */
  more?: ReactNode
  isTicked: boolean
  onChange: (isTicked: boolean) => void
  className: string
}) {
  const id = useId()
  return (
    <div className={`flex min-w-0 items-start gap-3 ${className}`}>
      <input
        id={id}
        type="checkbox"
        checked={isTicked}
        aria-describedby={`${id}-hint`}
        onChange={({ target }) => onChange(target.checked)}
        className="choice mt-0.5 size-4.5 shrink-0 cursor-pointer"
      />
      <span className="min-w-0">
        <label htmlFor={id} className="block cursor-pointer">
          {label}
        </label>
        <span id={`${id}-hint`} className="block text-sm text-ink-2">
          {hint}
        </span>
        {more ? <span className="block text-sm">{more}</span> : null}
      </span>
    </div>
  )
}

/**
 * The digits do what the boxes do, so that a hand on the keyboard stays there. Not while text is typed, nor while
 * something lies above the dialog: a password has digits too.
 */
function useNumberKeys(boxes: { current: HTMLElement | null }, onNumber: (number: number) => void) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!/^[1-9]$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) return
      if (isWriting(event.target) || !isInTopDialog(boxes.current)) return
      event.preventDefault()
      onNumber(Number(event.key))
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  })
}

/** Later in the document is above. */
const isInTopDialog = (element: Element | null): boolean =>
  element !== null &&
  element.closest('dialog') === [...document.querySelectorAll('dialog[open]')].at(-1)

import { useState } from 'react'
import { longestView, type ScreenLinkRequest } from '#contract/people.ts'
import type { Problem } from '#contract/problem.ts'
import { Field, Input, Select } from '#web/ui/Field.tsx'
import { defaultView, views } from './views.ts'

/** What a screen is given: a name, a page, a time. */
export type Grant = ScreenLinkRequest

export const firstGrant = (view: string = defaultView): Grant => ({ name: '', view, days: 90 })
/** The fields that show a problem of theirs themselves. */
export const grantFields = ['name', 'view', 'days'] as const

export function whyNotGrant({ name, view }: Grant): string | null {
  if (name.trim() === '') return 'Name the screen.'
  return view.startsWith('/') ? null : 'The page must be an address of Tandem’s own, such as /.'
}

const times = [
  { days: 1, words: 'A day' },
  { days: 7, words: 'A week' },
  { days: 30, words: '30 days' },
  { days: 90, words: '90 days' },
] as const

export function GrantFields({
  grant,
  problem,
  onChange,
}: {
  grant: Grant
  problem: Problem | null
  onChange: (grant: Grant) => void
}) {
  const [isOwn, setOwn] = useState(() => views.every(({ path }) => path !== grant.view))
  const errorOf = (field: string) => (problem?.field === field ? problem.detail : null)
  return (
    <>
      <Field label="Name" hint="Where it hangs, e.g. “NOC, left”." error={errorOf('name')}>
        {(control) => (
          <Input
            {...control}
            dir="auto"
            maxLength={64}
            value={grant.name}
            onChange={({ target }) => onChange({ ...grant, name: target.value })}
          />
        )}
      </Field>
      <Field label="Shows" error={isOwn ? null : errorOf('view')}>
        {(control) => (
          <Select
            {...control}
            value={isOwn ? '' : grant.view}
            onChange={({ target }) => {
              setOwn(target.value === '')
              onChange({ ...grant, view: target.value || '/' })
            }}
          >
            {views.map(({ path, title }) => (
              <option key={path} value={path}>
                {title}
              </option>
            ))}
            <option value="">Another address of Tandem’s</option>
          </Select>
        )}
      </Field>
      {isOwn ? (
        <Field
          label="Address"
          hint="As it stands in the browser, without the host: a filtered list, or one tunnel."
          error={errorOf('view')}
        >
          {(control) => (
            <Input
              {...control}
              maxLength={longestView}
              value={grant.view}
              className="font-mono"
              onChange={({ target }) => onChange({ ...grant, view: target.value.trim() })}
            />
          )}
        </Field>
      ) : null}
      <Field
        label="For"
        hint="Afterwards it shows a new code. It also ends after 14 days without being used."
        error={errorOf('days')}
      >
        {(control) => (
          <Select
            {...control}
            value={grant.days}
            onChange={({ target }) => onChange({ ...grant, days: Number(target.value) })}
          >
            {times.map(({ days, words }) => (
              <option key={days} value={days}>
                {words}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </>
  )
}

import { useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { type ReactNode, useMemo } from 'react'
import { readinessKinds, tunnelStatuses } from '#contract/tunnel.ts'
import { useAddressText } from '#web/api/address-text.ts'
import { useWhyNot } from '#web/api/operations.ts'
import { sessionQuery, tunnelsQuery } from '#web/api/queries.ts'
import { parseSearch, stringifySearch } from '#web/api/search.ts'
import { tagsInUse } from '#web/fleet/tags.ts'
import { Button, buttonClass } from '#web/ui/Button.tsx'
import { sayNotCopied, useCopy } from '#web/ui/CopyId.tsx'
import { Field, Input, Select, Switch } from '#web/ui/Field.tsx'
import { Kbd } from '#web/ui/Kbd.tsx'
import { Name } from '#web/ui/Name.tsx'
import { countText } from '#web/ui/numbers.ts'
import { Panel } from '#web/ui/Panel.tsx'
import { usePageTitle } from '#web/ui/page-title.ts'
import { ReadinessPicture } from '#web/ui/ReadinessMark.tsx'
import { readinessLooks } from '#web/ui/readiness.ts'
import { Segmented } from '#web/ui/Segmented.tsx'
import { StatusShape, statusLooks } from '#web/ui/StatusMark.tsx'
import { TagsField, useTagDraft } from '#web/ui/TagsField.tsx'
import { chosen, hidesFailing } from './chosen.ts'
import { layoutOf } from './layout.ts'
import { densities, hoursOf, usualPageSeconds, type WallSearch, wallSearch } from './settings.ts'

const route = getRouteApi('/wall/build')
// The platform leaves UTC out of its own list.
const zones = ['UTC', ...Intl.supportedValuesOf('timeZone')]
const pageTimes = [10, 15, 30, 60, 120, 300]

/** What can be chosen, and what an address holds that is none of it: a field never shows another value than that. */
const withOwn = <T,>(all: readonly T[], own: T | undefined): readonly T[] =>
  own === undefined || all.includes(own) ? all : [own, ...all]

/** Makes a wall's address. The address of this page holds the same words, so it can be kept and shared. */
export function BuilderPage() {
  usePageTitle('Make a wall')
  const navigate = route.useNavigate()
  const address = useAddressText(
    stringifySearch(route.useSearch()),
    (text) =>
      void navigate({ href: `/wall/build${text ?? ''}`, replace: true, resetScroll: false }),
  )
  const search = wallSearch(parseSearch(address.text))
  const change = (more: Partial<WallSearch>) =>
    address.change(stringifySearch({ ...search, ...more }))
  const path = `/wall${address.text}`
  return (
    <div className="mx-auto flex max-w-360 flex-col gap-4 px-3 pt-4 pb-12 sm:px-6">
      <div>
        <h1 className="text-xl font-semibold">Make a wall</h1>
        <p className="text-ink-2">
          A page for a screen that nobody touches. Its address holds all its settings.
        </p>
      </div>
      <Result path={path} search={search} />
      <div className="grid gap-4 lg:grid-cols-2">
        <WhichTunnels search={search} onChange={change} />
        <HowItLooks search={search} onChange={change} />
        <WhenItCalls search={search} onChange={change} />
        <KioskPanel path={path} />
      </div>
    </div>
  )
}

type Part = { search: WallSearch; onChange: (more: Partial<WallSearch>) => void }

function Result({ path, search }: { path: string; search: WallSearch }) {
  const { data: list } = useSuspenseQuery(tunnelsQuery)
  const mayNotPair = useWhyNot('screenApprove')
  const { copied, copy } = useCopy(sayNotCopied)
  const address = `${window.location.origin}${path}`
  const shown = useMemo(() => chosen(list.tunnels, search).length, [list, search])
  const hides = hidesFailing(search)
  // As on the usual screen; the wall itself measures the one it is on.
  const { pages } = layoutOf(shown, { width: 1900, height: 800 }, 1080, search.density)
  return (
    <Panel>
      <div className="flex flex-wrap items-center gap-3">
        <output className="min-w-0 flex-1 basis-80">
          <span className="line-clamp-4 font-mono text-sm break-all">{address}</span>
          <span className="text-sm text-ink-2">
            {shown === 0
              ? 'No tunnel matches at the moment.'
              : `${countText(shown)} of ${countText(list.tunnels.length)} ${
                  list.tunnels.length === 1 ? 'tunnel' : 'tunnels'
                }, ${pages === 1 ? 'all at once' : `in ${pages} pages`} on a 1080p screen.`}
          </span>
          {hides ? (
            <span className="mt-1 block text-sm">
              A tunnel that leaves this status or readiness leaves this wall: it will not show every
              one that fails.
            </span>
          ) : null}
        </output>
        <Button icon={copied ? 'check' : 'copy'} onClick={() => copy(address)}>
          {copied ? 'Copied' : 'Copy the address'}
        </Button>
        {mayNotPair === null ? (
          <Link
            to="/screens"
            search={{ dialog: 'pair', view: path }}
            className={buttonClass('secondary')}
          >
            Pair a screen
          </Link>
        ) : (
          <Button disabledReason={mayNotPair}>Pair a screen</Button>
        )}
        <Link to="/wall" search={search} className={buttonClass('primary')}>
          Open the wall
        </Link>
      </div>
    </Panel>
  )
}

function WhichTunnels({ search, onChange }: Part) {
  const { data: session } = useSuspenseQuery(sessionQuery)
  const { accounts } = session
  return (
    <Panel title="Which tunnels">
      <div className="flex flex-col gap-4">
        {search.tunnel ? (
          <Named ids={search.tunnel} onAll={() => onChange({ tunnel: undefined })} />
        ) : null}
        <Field
          label="Name"
          hint="Words that must all occur in its name, id, tags or colos. Empty: all."
        >
          {(control) => (
            <Input
              {...control}
              value={search.name ?? ''}
              onChange={({ target }) => onChange({ name: target.value || undefined })}
            />
          )}
        </Field>
        <ByTags search={search} onChange={onChange} />
        <Several
          legend="Status"
          all={tunnelStatuses}
          chosen={search.status}
          onChange={(status) => onChange({ status })}
          renderWord={(each) => (
            <>
              <StatusShape status={each} />
              {statusLooks[each].word}
            </>
          )}
        />
        <Several
          legend="HA readiness"
          all={readinessKinds}
          chosen={search.readiness}
          onChange={(readiness) => onChange({ readiness })}
          renderWord={(each) => (
            <>
              <span className={readinessLooks[each].ink}>
                <ReadinessPicture readiness={each} standbyCount={1} />
              </span>
              {readinessLooks[each].word}
            </>
          )}
        />
        {accounts.length > 1 ? (
          <Field label="Account">
            {(control) => (
              <Select
                {...control}
                value={search.account ?? ''}
                onChange={({ target }) => onChange({ account: target.value || undefined })}
              >
                <option value="">All accounts</option>
                {accounts.map(({ id }) => (
                  <option key={id} value={id}>
                    {id}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        ) : null}
      </div>
    </Panel>
  )
}

/** Tunnels that were chosen one by one, in the list; the other filters choose among them. */
function Named({ ids, onAll }: { ids: readonly string[]; onAll: () => void }) {
  const { data: list } = useSuspenseQuery(tunnelsQuery)
  const named = list.tunnels.filter(({ id }) => ids.includes(id))
  const gone = ids.length - named.length
  return (
    <div className="flex items-start gap-3 rounded-md bg-sunken p-3">
      <div className="min-w-0 flex-1">
        <p className="font-medium">
          {ids.length === 1 ? 'One tunnel' : `${countText(ids.length)} tunnels`}, chosen in the list
        </p>
        <p className="line-clamp-3 text-sm text-ink-2">
          {named.map(({ id, name }, at) => (
            <span key={id}>
              {at > 0 ? ', ' : ''}
              <Name name={name} />
            </span>
          ))}
          {named.length === 0 ? 'None of them is there any more.' : null}
          {named.length > 0 && gone > 0
            ? `; ${countText(gone)} no longer ${gone === 1 ? 'exists' : 'exist'}`
            : null}
        </p>
      </div>
      <Button size="sm" onClick={onAll}>
        Show all tunnels
      </Button>
    </div>
  )
}

function ByTags({ search, onChange }: Part) {
  const { data: list } = useSuspenseQuery(tunnelsQuery)
  const inUse = useMemo(() => tagsInUse(list.tunnels), [list])
  const tags = search.tag ?? []
  const choose = (tag: string[]) => onChange({ tag: tag.length > 0 ? tag : undefined })
  const draft = useTagDraft(tags, choose)
  return (
    <TagsField
      label="Tags"
      hint="Tags with the same key: any may match. Different keys: all must match. Empty: all tunnels."
      tags={tags}
      inUse={inUse}
      draft={draft}
      onChange={choose}
    />
  )
}

const densityWords = {
  auto: 'As they fit',
  roomy: 'Roomy',
  normal: 'Normal',
  dense: 'Dense',
} as const
const themeWords = { auto: 'As the system', dark: 'Dark', light: 'Light' } as const

function HowItLooks({ search, onChange }: Part) {
  return (
    <Panel title="How it looks">
      <div className="flex flex-col gap-4">
        <Labelled
          label="Tiles"
          hint="As they fit: the most detailed tiles that fit on as few pages as possible."
        >
          <Segmented
            label="Tiles"
            value={search.density ?? 'auto'}
            options={(['auto', ...densities] as const).map((value) => ({
              value,
              label: densityWords[value],
            }))}
            onChange={(value) => onChange({ density: value === 'auto' ? undefined : value })}
          />
        </Labelled>
        <Labelled label="Theme">
          <Segmented
            label="Theme"
            value={search.theme ?? 'auto'}
            options={(['auto', 'dark', 'light'] as const).map((value) => ({
              value,
              label: themeWords[value],
            }))}
            onChange={(value) => onChange({ theme: value === 'auto' ? undefined : value })}
          />
        </Labelled>
        <Field label="Clock" hint="UTC is always shown too.">
          {(control) => (
            <Select
              {...control}
              value={search.zone ?? ''}
              onChange={({ target }) => onChange({ zone: target.value || undefined })}
            >
              <option value="">The screen’s own zone</option>
              {withOwn(zones, search.zone).map((zone) => (
                <option key={zone} value={zone}>
                  {zone.replaceAll('_', ' ')}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="Time per page" hint="Where there are more tunnels than can be read at once.">
          {(control) => (
            <Select
              {...control}
              value={search.page ?? usualPageSeconds}
              onChange={({ target }) => {
                const page = Number(target.value)
                onChange({ page: page === usualPageSeconds ? undefined : page })
              }}
            >
              {withOwn(pageTimes, search.page).map((seconds) => (
                <option key={seconds} value={seconds}>
                  {seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} seconds`}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
    </Panel>
  )
}

function WhenItCalls({ search, onChange }: Part) {
  const hours = hoursOf(search.quiet)
  return (
    <Panel title="Alerts">
      <div className="flex flex-col gap-4">
        <Switch
          label="Sound"
          hint="Two tones when a tunnel goes down or loses its active connector."
          checked={search.sound === 'on'}
          onChange={(on) => onChange({ sound: on ? 'on' : undefined })}
        />
        <Switch
          label="Flash"
          hint="The headline flashes for ten seconds at the same moment."
          checked={search.flash === 'on'}
          onChange={(on) => onChange({ flash: on ? 'on' : undefined })}
        />
        <Switch
          label="Quiet hours"
          hint="No sound and no flash between these hours of the wall’s clock; what lasts past them calls when they end."
          checked={hours !== null}
          onChange={(on) => onChange({ quiet: on ? '22-7' : undefined })}
        />
        {hours ? (
          <div className="flex gap-3">
            {(['from', 'to'] as const).map((edge) => (
              <div key={edge} className="flex-1">
                <Field label={edge === 'from' ? 'From' : 'Until'}>
                  {(control) => (
                    <Select
                      {...control}
                      value={hours[edge]}
                      onChange={({ target }) => {
                        const next = { ...hours, [edge]: Number(target.value) }
                        onChange({ quiet: `${next.from}-${next.to}` })
                      }}
                    >
                      {Array.from({ length: 24 }, (_, hour) => hour)
                        .filter((hour) => hour !== hours[edge === 'from' ? 'to' : 'from'])
                        .map((hour) => (
                          <option key={hour} value={hour}>
                            {String(hour).padStart(2, '0')}:00
                          </option>
                        ))}
                    </Select>
                  )}
                </Field>
              </div>
            ))}
          </div>
        ) : null}
      </div>
    </Panel>
  )
}

/** The flags with which Chromium becomes a screen. */
function KioskPanel({ path }: { path: string }) {
  return (
    <Panel title="On the screen">
      <div className="flex flex-col gap-3 text-ink-2">
        <p>
          Press <Kbd>f</Kbd> on the wall to fill the screen. A machine of its own starts Chromium so
          that it fills it by itself and may be heard:
        </p>
        <pre
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
          tabIndex={0}
          className="overflow-x-auto rounded-md bg-sunken p-3 font-mono text-sm text-ink"
        >
          {`chromium --kiosk --noerrdialogs \\\n  --autoplay-policy=no-user-gesture-required \\\n  '${window.location.origin}${path}'`}
        </pre>
        <p>
          Where people sign in, pair the screen instead: its browser opens{' '}
          <span className="font-mono wrap-anywhere text-ink">{window.location.origin}/screen</span>{' '}
          and goes to this wall by itself.
        </p>
      </div>
    </Panel>
  )
}

function Labelled({
  label,
  hint,
  children,
}: {
  label: string
  hint?: string
  children: ReactNode
}) {
  return (
    <div className="flex flex-col items-start gap-1.5">
      <span className="font-medium" aria-hidden="true">
        {label}
      </span>
      {children}
      {hint ? <p className="text-sm text-ink-2">{hint}</p> : null}
    </div>
  )
}

/** Any number of a few; none chosen means all. */
function Several<T extends string>({
  legend,
  all,
  chosen,
  onChange,
  renderWord,
}: {
  legend: string
  all: readonly T[]
  chosen: readonly T[] | undefined
  onChange: (chosen: T[] | undefined) => void
  renderWord: (each: T) => ReactNode
}) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 font-medium">
        {legend} <span className="font-normal text-ink-2">(none marked: all)</span>
      </legend>
      <div className="flex flex-wrap gap-1.5">
        {all.map((each) => (
          <label
            key={each}
            className="inline-flex h-8 cursor-pointer items-center gap-2 rounded-md px-2.5 ring-1 ring-line-edge ring-inset hover:bg-hover has-checked:bg-accent-soft has-checked:ring-accent has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="checkbox"
              className="sr-only"
              checked={chosen?.includes(each) ?? false}
              onChange={({ target }) => {
                const next = all.filter((one) =>
                  one === each ? target.checked : (chosen?.includes(one) ?? false),
                )
                onChange(next.length > 0 ? next : undefined)
              }}
            />
            {renderWord(each)}
          </label>
        ))}
      </div>
    </fieldset>
  )
}

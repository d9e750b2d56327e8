import { Link, useRouterState } from '@tanstack/react-router'
import { useEffect } from 'react'
import { type CheckId, type CheckRule, checkIds, checkRules } from '#contract/failover-checks.ts'
import { Icon, type IconName } from '#web/ui/Icon.tsx'
import { NewTabLink } from '#web/ui/NewTabLink.tsx'
import { Fact, Facts, Panel } from '#web/ui/Panel.tsx'
import { usePageTitle } from '#web/ui/page-title.ts'
import { explained } from './explained.ts'

type Group = {
  title: string
  says: string
  icon: IconName
  ink: string
  has: (rule: CheckRule) => boolean
}

const groups: Group[] = [
  {
    title: 'Nobody can override these',
    says: 'While one of them holds, nothing is sent.',
    icon: 'close',
    ink: 'text-bad',
    has: ({ kind }) => kind === 'block',
  },
  {
    title: 'Grave risks',
    says: 'Each needs a tick, and all together a reason. Both are kept with the name of who gave them.',
    icon: 'alert',
    ink: 'text-warn',
    has: ({ grave }) => grave,
  },
  {
    title: 'Risks',
    says: 'Each needs a tick, which is kept with the name of who gave it.',
    icon: 'alert',
    ink: 'text-ink-3',
    has: ({ kind, grave }) => kind === 'risk' && !grave,
  },
]

const idsOf = ({ has }: Group) => checkIds.filter((id) => has(checkRules[id]))

/** Every rule that can speak against a failover: what for, how Tandem finds it out, and what to do about it. */
export function FailoverChecksPage() {
  usePageTitle('What is checked before a failover')
  const hash = useRouterState({ select: ({ location }) => location.hash })
  // The browser looked for the place before the page had come.
  useEffect(() => {
    const rule = document.getElementById(hash)
    rule?.scrollIntoView()
    rule?.focus({ preventScroll: true })
  }, [hash])
  return (
    <div className="mx-auto flex max-w-240 flex-col gap-4 px-3 pt-4 pb-12 sm:px-6">
      <header>
        <h1 className="text-xl font-semibold">What is checked before a failover</h1>
        <p className="mt-1 text-ink-2">
          Cloudflare documents no check of its own. Tandem checks when the dialog opens, again and
          again while it stays open, and once more just before it sends.
        </p>
      </header>
      <div className="flex items-start gap-x-6">
        <Contents markedId={hash} />
        <div className="flex min-w-0 flex-1 flex-col gap-4">
          {groups.map((group) => (
            <Panel
              key={group.title}
              flush
              title={
                <span className="flex items-center gap-2">
                  <Icon name={group.icon} className={`size-4 ${group.ink}`} />
                  {group.title}
                </span>
              }
              aside={<p className="text-sm text-ink-2">{group.says}</p>}
            >
              <div className="divide-y divide-line">
                {idsOf(group).map((id) => (
                  <Rule key={id} id={id} isMarked={id === hash} />
                ))}
              </div>
            </Panel>
          ))}
        </div>
      </div>
    </div>
  )
}

/** The names of all rules; beside them where there is room, which a phone has not. */
function Contents({ markedId }: { markedId: string }) {
  return (
    <nav
      aria-label="Rules"
      className="sticky top-(--top) max-h-[calc(100dvh-2rem)] w-60 shrink-0 overflow-y-auto pt-3 pb-6 max-lg:hidden"
    >
      {groups.map((group) => (
        <div key={group.title} className="mb-3">
          <p className="px-2 pb-1 text-sm font-medium text-ink-2">{group.title}</p>
          <ul>
            {idsOf(group).map((id) => (
              <li key={id}>
                <Link
                  to="/failover-checks"
                  hash={id}
                  activeOptions={{ includeHash: true }}
                  className={`flex min-h-6 items-center rounded-sm px-2 text-sm hover:bg-hover hover:text-ink ${id === markedId ? 'bg-accent-soft font-medium text-ink' : 'text-ink-2'}`}
                >
                  {explained[id].title}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  )
}

function Rule({ id, isMarked }: { id: CheckId; isMarked: boolean }) {
  const { title, found, remedy, source } = explained[id]
  const { sentence, why } = checkRules[id]
  return (
    <article
      id={id}
      tabIndex={-1}
      aria-labelledby={`${id}-title`}
      aria-current={isMarked ? 'location' : undefined}
      // The browser scrolls before the header's height is known.
      style={{ scrollMarginTop: 'calc(var(--top, 3rem) + 1rem)' }}
      className={`flex flex-col gap-3 p-4 outline-none ${isMarked ? 'border-l-2 border-accent bg-accent-soft' : ''}`}
    >
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h3 id={`${id}-title`} className="font-semibold">
          {title}
        </h3>
        <Link
          to="/failover-checks"
          hash={id}
          activeOptions={{ includeHash: true }}
          className="font-mono text-sm text-ink-2 hover:text-ink hover:underline"
        >
          <span className="sr-only">Link to this rule: </span>
          {id}
        </Link>
      </div>
      {sentence === null ? null : <p className="border-l-2 border-line-strong pl-3">{sentence}</p>}
      <Facts>
        <Fact name="Why">
          <span className="text-ink-2">{why}</span>
        </Fact>
        <Fact name="How it is found">
          <span className="text-ink-2">{found}</span>
        </Fact>
        <Fact name="What to do">{remedy}</Fact>
      </Facts>
      {source ? (
        <p>
          <NewTabLink href={source.href}>{source.words}</NewTabLink>
        </p>
      ) : null}
    </article>
  )
}

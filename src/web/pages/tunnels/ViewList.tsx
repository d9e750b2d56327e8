import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useId, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import {
  longestViewName,
  openView,
  type SavedView,
  savedViews,
  whyNotName,
  withChange,
  withoutView,
  withView,
} from '#web/fleet/saved-views.ts'
import { Button, IconButton } from '#web/ui/Button.tsx'
import { Input } from '#web/ui/Field.tsx'
import { Icon } from '#web/ui/Icon.tsx'
import { Name } from '#web/ui/Name.tsx'

/** What was done to the views last, and how they were before. */
type Done = { words: string; before: SavedView[] }

/** The saved views: opened, and the one that is shown saved, renamed, brought up to date, deleted. */
export function ViewList({ search, onClose }: { search: string; onClose: () => void }) {
  const views = savedViews.use()
  const navigate = useNavigate()
  const list = useRef<HTMLElement>(null)
  const titleId = useId()
  const [renaming, setRenaming] = useState<string | null>(null)
  const [done, setDone] = useState<Done | null>(null)
  const current = openView(views, search)
  const isUnsaved = search !== '' && !current

  const open = (to: string) => {
    onClose()
    void navigate({ href: `/${to}` })
  }
  /** Draws what changed at once, so that the focus can go where the hand is needed next. */
  const write = (next: SavedView[], words: string | null, focus: string) => {
    flushSync(() => {
      setRenaming(null)
      setDone(words === null ? null : { words, before: views })
      savedViews.write(next)
    })
    list.current?.querySelector<HTMLElement>(focus)?.focus()
  }
  const rowOf = (name: string) => `[data-view="${CSS.escape(name)}"]`

  return (
    <section ref={list} aria-labelledby={titleId} className="flex flex-col gap-2">
      <h2 id={titleId} className="text-sm font-medium text-ink-2">
        Saved views
      </h2>
      <ul className="-mx-2 max-h-72 overflow-y-auto px-0.5 py-1">
        <li className="flex">
          <OpenButton isOpen={search === ''} onOpen={() => open('')}>
            All tunnels
          </OpenButton>
        </li>
        {views.map((view) =>
          renaming === view.name ? (
            <li key={view.name} className="px-1.5 py-0.5">
              <NameForm
                label={`New name of ${view.name}`}
                first={view.name}
                submit="Rename"
                isFirst
                whyNot={(name) => whyNotName(views, name, view.name)}
                onSubmit={(name) => {
                  const next = withChange(views, view.name, { name })
                  const at = views.indexOf(view)
                  write(next, null, rowOf(next[at]?.name ?? view.name))
                }}
                onCancel={() => write(views, null, rowOf(view.name))}
              />
            </li>
          ) : (
            <li key={view.name} className="group flex items-center rounded-md hover:bg-hover">
              <OpenButton
                name={view.name}
                isOpen={view === current}
                onOpen={() => open(view.search)}
              >
                <Name name={view.name} className="truncate" />
              </OpenButton>
              <span className="flex shrink-0 pr-1 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100">
                {isUnsaved ? (
                  <IconButton
                    size="sm"
                    icon="refresh"
                    label={`Update ${view.name} to the current view`}
                    onClick={() =>
                      write(
                        withChange(views, view.name, { search }),
                        `${view.name} is now what is shown.`,
                        rowOf(view.name),
                      )
                    }
                  />
                ) : null}
                <IconButton
                  size="sm"
                  icon="pencil"
                  label={`Rename ${view.name}`}
                  onClick={() => setRenaming(view.name)}
                />
                <IconButton
                  size="sm"
                  icon="trash"
                  label={`Delete ${view.name}`}
                  onClick={() =>
                    write(withoutView(views, view.name), `${view.name} is deleted.`, '[data-undo]')
                  }
                />
              </span>
            </li>
          ),
        )}
      </ul>
      {done ? (
        <div className="flex min-h-8 items-center gap-2 rounded-md bg-sunken pr-1 pl-2.5">
          <output className="min-w-0 flex-1 truncate">{done.words}</output>
          <Button
            data-undo
            size="sm"
            variant="ghost"
            icon="back"
            onClick={() => write(done.before, null, '[data-view]')}
          >
            Undo
          </Button>
        </div>
      ) : null}
      {isUnsaved ? (
        <NameForm
          label="Save what is shown as"
          first=""
          submit="Save view"
          whyNot={(name) => whyNotName(views, name)}
          onSubmit={(name) => {
            const next = withView(views, name, search)
            write(next, null, rowOf(next.at(-1)?.name ?? ''))
          }}
        />
      ) : views.length === 0 ? (
        <p className="text-sm text-ink-2">
          Filter or sort the list, then save that as a view with a name. Views stay in this browser.
        </p>
      ) : null}
    </section>
  )
}

function OpenButton({
  name = '',
  isOpen,
  onOpen,
  children,
}: {
  name?: string
  isOpen: boolean
  onOpen: () => void
  children: ReactNode
}) {
  return (
    <button
      type="button"
      data-view={name}
      aria-current={isOpen || undefined}
      onClick={onOpen}
      className="flex h-8 min-w-0 flex-1 items-center gap-2 rounded-md px-2 text-left -outline-offset-2 hover:bg-hover"
    >
      <Icon name="check" className={`size-4 text-accent-text ${isOpen ? '' : 'invisible'}`} />
      {children}
    </button>
  )
}

/** A name for a view. Enter takes it, Escape leaves it as it was. */
function NameForm({
  label,
  first,
  submit,
  isFirst = false,
  whyNot,
  onSubmit,
  onCancel,
}: {
  label: string
  first: string
  submit: string
  /** The focus begins in it. */
  isFirst?: boolean
  whyNot: (name: string) => string | null
  onSubmit: (name: string) => void
  onCancel?: () => void
}) {
  const id = useId()
  const [name, setName] = useState(first)
  const [tried, setTried] = useState(false)
  const reason = whyNot(name)
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (reason) setTried(true)
    else onSubmit(name)
  }
  return (
    <form noValidate onSubmit={send} className="flex flex-col gap-1.5">
      <label htmlFor={id} className={onCancel ? 'sr-only' : 'text-sm text-ink-2'}>
        {label}
      </label>
      <div className="flex items-center gap-2">
        <Input
          id={id}
          dir="auto"
          maxLength={longestViewName}
          value={name}
          aria-invalid={tried && reason ? true : undefined}
          aria-describedby={tried && reason ? `${id}-why` : undefined}
          ref={(input) => {
            if (isFirst && input && !input.dataset.seen) {
              input.dataset.seen = 'true'
              input.focus()
              input.select()
            }
          }}
          onChange={({ target }) => setName(target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || !onCancel || event.nativeEvent.isComposing) return
            // The popover stays.
            event.preventDefault()
            onCancel()
          }}
        />
        <Button type="submit">{submit}</Button>
      </div>
      {tried && reason ? (
        <p id={`${id}-why`} role="alert" className="text-sm text-bad">
          {reason}
        </p>
      ) : null}
    </form>
  )
}

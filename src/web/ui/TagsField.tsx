/* oxlint-disable jsx-a11y/prefer-tag-over-role -- a datalist can't show how many have a tag, nor be taken by the arrow keys in the field */
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react'
import { mostTags, parseTag, sortedTags } from '#contract/tags.ts'
import { Field } from './Field.tsx'
import { Icon } from './Icon.tsx'
import { countText } from './numbers.ts'
import { TagText, tagClass } from './TagText.tsx'

/** What is being typed into a field of tags, and what is wrong with it. */
export type TagDraft = {
  text: string
  wrong: string | null
  setText: (text: string) => void
  /** Makes what is typed a tag. Returns all tags then, or null where it is none. */
  take: () => string[] | null
}

/** @param tags those that are chosen already; `onChange` is told the new ones, sorted. */
export function useTagDraft(tags: readonly string[], onChange: (tags: string[]) => void): TagDraft {
  const [draft, setDraft] = useState({ text: '', wrong: null as string | null })
  /** The last piece is still being typed; whatever stands before a comma is done. */
  const read = (pieces: string[], unfinished: string) => {
    const added: string[] = []
    const left: string[] = []
    let wrong: string | null = null
    for (const piece of pieces.filter((one) => one.trim() !== '')) {
      const parsed = parseTag(piece)
      if ('tag' in parsed) added.push(parsed.tag)
      else {
        left.push(piece.trim())
        wrong ??= parsed.wrong
      }
    }
    const next = sortedTags([...tags, ...added])
    if (next.length > mostTags && added.length > 0) {
      setDraft({
        text: pieces.join(',').trim(),
        wrong: `A tunnel has ${mostTags} tags at most: take one off first.`,
      })
      return null
    }
    if (next.length > tags.length) onChange(next)
    setDraft({ text: [...left, unfinished].filter(Boolean).join(', '), wrong })
    return wrong === null ? next : null
  }
  return {
    ...draft,
    setText: (text) => {
      const pieces = text.split(/[,，、]/)
      if (pieces.length === 1) setDraft({ text, wrong: null })
      else read(pieces.slice(0, -1), (pieces.at(-1) ?? '').trimStart())
    },
    take: () => read([draft.text], ''),
  }
}

/** As many as are worth offering at once; what is typed finds the others. */
const mostOffered = 8

/**
 * Tags as chips in one field. Enter or a comma adds what is typed, Backspace in an empty field takes the last
 * one off, the arrow keys choose among the tags in use.
 */
export function TagsField({
  label,
  hint,
  error,
  tags,
  inUse,
  draft,
  onChange,
}: {
  label: ReactNode
  hint?: ReactNode
  /** What the proxy says is wrong. */
  error?: string | null
  tags: readonly string[]
  inUse: readonly { tag: string; count: number }[]
  draft: TagDraft
  onChange: (tags: string[]) => void
}) {
  const listId = useId()
  const input = useRef<HTMLInputElement>(null)
  const [marked, setMarked] = useState(-1)
  const offered = offeredOf(inUse, tags, draft.text)
  const at = Math.min(marked, offered.length - 1)

  const remove = (tag: string) => {
    onChange(tags.filter((one) => one !== tag))
    input.current?.focus()
  }
  const pick = (tag: string) => {
    draft.setText(`${tag},`)
    setMarked(-1)
    input.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const last = tags.at(-1)
    const chosen = offered[at]
    if (event.key === 'Enter' && chosen) pick(chosen.tag)
    // An empty field leaves Enter to the form.
    else if (event.key === 'Enter' && draft.text.trim() !== '') draft.take()
    else if (event.key === 'Backspace' && draft.text === '' && last) remove(last)
    else if (event.key === 'ArrowDown' && offered.length > 0) setMarked((at + 1) % offered.length)
    else if (event.key === 'ArrowUp' && offered.length > 0)
      setMarked(at <= 0 ? offered.length - 1 : at - 1)
    else return
    event.preventDefault()
  }

  return (
    <Field label={label} hint={hint} error={draft.wrong ?? error}>
      {(control) => (
        <>
          <div
            className={`flex min-h-9 flex-wrap items-center gap-1.5 rounded-md bg-page p-1.5 ring-1 ring-inset has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent ${
              control['aria-invalid'] ? 'ring-bad' : 'ring-line-strong'
            }`}
          >
            {tags.map((tag) => (
              <button
                key={tag}
                type="button"
                aria-label={`Remove ${tag}`}
                onClick={() => remove(tag)}
                className={`${tagClass('md', 'chosen')} max-w-full gap-1 hover:ring-accent`}
              >
                <TagText tag={tag} />
                <Icon name="close" className="size-3 text-ink-2" />
              </button>
            ))}
            <input
              {...control}
              ref={input}
              data-autofocus
              role="combobox"
              aria-expanded={offered.length > 0}
              aria-controls={listId}
              aria-autocomplete="list"
              aria-activedescendant={offered[at] ? `${listId}-${at}` : undefined}
              dir="auto"
              autoComplete="off"
              spellCheck={false}
              enterKeyHint="done"
              value={draft.text}
              onChange={(event) => {
                setMarked(-1)
                draft.setText(event.target.value)
              }}
              onKeyDown={onKeyDown}
              className="h-6 min-w-30 flex-1 bg-transparent px-1 outline-none"
            />
          </div>
          {/* Its room stays, so that nothing below jumps while somebody types. */}
          <div
            className={`mt-1 flex flex-wrap content-start items-center gap-1.5 ${inUse.length > 0 ? 'min-h-14' : ''}`}
          >
            <span className="text-sm text-ink-2">{inUse.length > 0 ? 'In use:' : ''}</span>
            <div id={listId} role="listbox" aria-label="Tags in use" className="contents">
              {offered.map(({ tag, count }, index) => (
                <div
                  key={tag}
                  id={`${listId}-${index}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={index === at}
                  onClick={() => pick(tag)}
                  onKeyDown={() => undefined}
                  className={`${tagClass('md')} max-w-full cursor-pointer gap-1.5 hover:text-ink hover:ring-line-strong aria-selected:bg-accent-soft aria-selected:text-ink aria-selected:ring-accent`}
                >
                  <TagText tag={tag} />
                  <span className="text-xs text-ink-3">{countText(count)}</span>
                </div>
              ))}
            </div>
          </div>
        </>
      )}
    </Field>
  )
}

/** Those that fit what is typed and are not chosen yet, the most used first. */
function offeredOf(
  inUse: readonly { tag: string; count: number }[],
  tags: readonly string[],
  text: string,
) {
  const typed = text.trim().toLowerCase()
  return inUse
    .filter(({ tag }) => tag.includes(typed) && !tags.includes(tag))
    .toSorted((a, b) => b.count - a.count)
    .slice(0, mostOffered)
}

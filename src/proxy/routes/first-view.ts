import { type Outlook, Uuid } from '#contract/tunnel.ts'
import type { Present } from '../poller/present.ts'

/**
 * What does the page at an address show before its program has come? Templates in `index.html` are laid out as
 * the pages are; the few words that matter first are filled in here, so that a slow phone reads them a second or
 * two earlier. It is a picture only: hands and screen readers wait for the page, which alone can answer them.
 */
export type FirstView = {
  /** `index.html` without its templates. */
  bare: string
  /** @returns the document with the first view of an address; null where the page itself has to tell. */
  of: (path: string) => string | null
}

type Parts = { present: Pick<Present, 'watchable' | 'tunnel' | 'connectors'>; now: () => number }
type Words = { view: string; words: Record<string, string>; notes?: readonly string[] }

const templates = /\s*(?:<!--[^>]*-->\s*)?<template data-view="(\w+)">([\s\S]*?)<\/template>/g
const room = '<div id="root"></div>'

/** A wall has no header, and its first view no words of ours. */
export const wallPath = '/wall'

/** What stands between `<!--notes-->` and `<!--/notes-->` is for each of them. */
const eachNote = /<!--notes-->([\s\S]*?)<!--\/notes-->/

export function createFirstView(index: string, parts: Parts): FirstView {
  const bare = index.replace(templates, '')
  const views = new Map(
    [...index.matchAll(templates)].map(([, name = '', body = '']) => [name, body]),
  )
  return {
    bare,
    of(path) {
      const found = wordsOf(path, parts)
      const view = found && views.get(found.view)
      if (!view) return null
      const fill = (text: string, words: Record<string, string>) =>
        text.replace(/\{\{(\w+)\}\}/g, (_, word: string) => toHtml(words[word] ?? ''))
      const { words, notes = [] } = found
      const filled = view
        .split(eachNote)
        .map((part, at) =>
          at === 1 ? notes.map((note) => fill(part, { note })).join('') : fill(part, words),
        )
        .join('')
      const shown = found.view === 'wall' ? filled : `${views.get('header') ?? ''}${filled}`
      return bare.replace(
        room,
        () => `${room}<div id="first" class="first-view" aria-hidden="true" inert>${shown}</div>`,
      )
    },
  }
}

function wordsOf(path: string, { present, now }: Parts): Words | null {
  // The same for everybody, screens too: it tells nothing of the account.
  if (path === wallPath) return { view: 'wall', words: {} }
  if (path === '/') {
    const { length } = present.watchable()
    return length > 0 ? { view: 'list', words: { count: length.toLocaleString('en') } } : null
  }
  const tunnelId = Uuid.safeParse(/^\/tunnels\/([^/]+)$/.exec(path)?.[1]).data
  const tunnel = tunnelId ? present.tunnel(tunnelId) : null
  const list = tunnelId ? present.connectors(tunnelId) : null
  if (!tunnel || !list || list.connectors.length === 0 || tunnel.deletedAt !== null) return null
  // What is too old to be believed is told as the past, and a name that hides something is shown without it:
  // the page knows how.
  const { verdict, sentence, notes } = list.outlook
  const isOld = list.checkedAt === null || now() - list.checkedAt > tunnel.staleAfterMs
  if (isOld || /\p{C}/u.test(tunnel.name) || tunnel.name.trim() === '') return null
  return {
    view: 'tunnel',
    words: { name: tunnel.name, verdict: verdicts[verdict], sentence },
    notes,
  }
}

/** As `OutlookPanel.tsx` says them. */
const verdicts: Record<Outlook['verdict'], string> = {
  good: 'Covered',
  weak: 'Weakly covered',
  bad: 'Not covered',
  unknown: 'Unknown',
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const toHtml = (text: string) => text.replace(/[&<>"']/g, (each) => entities[each] ?? each)

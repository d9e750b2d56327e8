import { useLayoutEffect, useRef } from 'react'

/** Every key the page answers to; `shortcut-words.ts` says what each does. `mod` is Ctrl, or ⌘ on a Mac. */
export const shortcuts = {
  search: { keys: ['/'] },
  palette: { keys: ['mod+k'], always: true },
  tunnels: { keys: ['g t'] },
  activity: { keys: ['g a'] },
  audit: { keys: ['g u'] },
  wall: { keys: ['g w'] },
  theme: { keys: ['D'] },
  help: { keys: ['?'] },
  create: { keys: ['c'] },
  next: { keys: ['j', 'ArrowDown'] },
  previous: { keys: ['k', 'ArrowUp'] },
  first: { keys: ['Home'] },
  last: { keys: ['End'] },
  open: { keys: ['Enter'] },
  select: { keys: ['x'] },
  stretch: { keys: ['shift+ArrowDown', 'shift+ArrowUp'] },
  selectAll: { keys: ['mod+a'] },
  selectNone: { keys: ['Escape'] },
  view: { keys: ['v'] },
  failover: { keys: ['f'] },
  acknowledge: { keys: ['a'] },
  note: { keys: ['n'] },
  link: { keys: ['l'] },
  tags: { keys: ['t'] },
  maintenance: { keys: ['m'] },
  report: { keys: ['r'] },
} as const satisfies Record<string, Shortcut>

type Shortcut = {
  keys: readonly string[]
  /** Also while somebody writes or something lies over the page. */
  always?: true
}

export type ShortcutId = keyof typeof shortcuts

type Handler = (event: KeyboardEvent) => void
const handlers = new Map<ShortcutId, Handler[]>()

/**
 * Answers a shortcut while the component is mounted. The one mounted last wins; a `fallback` answers only
 * where nobody else does.
 */
export function useShortcut(id: ShortcutId, handler: Handler, fallback = false) {
  const latest = useRef(handler)
  useLayoutEffect(() => {
    latest.current = handler
  })
  // What is seen answers: an effect that waits for the paint comes after a quick key.
  useLayoutEffect(() => {
    const call: Handler = (event) => latest.current(event)
    const stack = handlers.get(id) ?? []
    handlers.set(id, fallback ? [call, ...stack] : [...stack, call])
    return () => {
      handlers.set(
        id,
        (handlers.get(id) ?? []).filter((each) => each !== call),
      )
    }
  }, [id, fallback])
}

/** The keys that something answers to now. */
export const answeredNow = (): ShortcutId[] =>
  [...handlers].flatMap(([id, stack]) => (stack.length > 0 ? [id] : []))

/** Does what its key does. */
export const press = (id: ShortcutId) =>
  handlers.get(id)?.at(-1)?.(new KeyboardEvent('keydown', { key: shortcuts[id].keys[0] }))

/** Listens for all of them; started once by the shell. */
export function listenForShortcuts(target: Document): () => void {
  let prefix: { key: string; at: number } | null = null
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return
    const pressed = keyOf(event, isMac())
    const typed =
      prefix && event.timeStamp - prefix.at < 1500 ? `${prefix.key} ${pressed}` : pressed
    prefix = null
    const id = find(typed) ?? find(pressed)
    const isAlways = id !== undefined && 'always' in shortcuts[id]
    if (!isAlways && (isWriting(event.target) || target.querySelector(layers))) return
    const handler = id ? handlers.get(id)?.at(-1) : undefined
    if (handler) {
      event.preventDefault()
      handler(event)
    } else if (pressed === 'g') prefix = { key: pressed, at: event.timeStamp }
  }
  target.addEventListener('keydown', onKey)
  return () => target.removeEventListener('keydown', onKey)
}

function find(typed: string): ShortcutId | undefined {
  for (const [id, { keys }] of Object.entries(shortcuts))
    if ((keys as readonly string[]).includes(typed)) return id as ShortcutId
  return undefined
}

type Pressed = Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey'>

/** What was pressed, in the words of the table; nothing where it is for the system or for editing text. */
export function keyOf({ key, altKey, ctrlKey, metaKey, shiftKey }: Pressed, mac: boolean): string {
  if (altKey || (mac ? ctrlKey : metaKey)) return ''
  const mod = ctrlKey || metaKey
  // A letter or a sign by itself has the shift key in it already.
  const name = shiftKey && (mod || key.length > 1) ? `shift+${key}` : key
  return mod ? `mod+${name.toLowerCase()}` : name
}

/** What lies over the page and has its own keys: dialogs, menus and popovers. */
const layers = 'dialog[open], [popover="auto"]:popover-open'

/** Whether what has the focus takes the keys as text. */
export const isWriting = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches('input:not([type="checkbox"], [type="radio"]), textarea, select'))

const isMac = () => navigator.platform.startsWith('Mac')

/** A shortcut as it is shown: `Ctrl K`, `g t`, `?`. */
export function keysText(keys: string): string[] {
  const mac = isMac()
  const names: Record<string, string> = {
    mod: mac ? '⌘' : 'Ctrl',
    shift: mac ? '⇧' : 'Shift',
    ArrowDown: '↓',
    ArrowUp: '↑',
    ArrowLeft: '←',
    ArrowRight: '→',
    Escape: 'Esc',
  }
  if (/^[A-Z]$/.test(keys)) return [names.shift ?? '', keys]
  return keys
    .split(/[ +]/)
    .map((key, at, all) => names[key] ?? (all[0] === 'mod' && at > 0 ? key.toUpperCase() : key))
}

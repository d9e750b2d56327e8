import { useLayoutEffect, useRef } from 'react'

/** Every key the page answers to; the help dialog prints this table. `mod` is Ctrl, or ⌘ on a Mac. */
export const shortcuts = {
  search: { keys: ['/'], does: 'Search the list', where: 'Anywhere' },
  palette: {
    keys: ['mod+k'],
    does: 'Find a tunnel, a connector or an action',
    where: 'Anywhere',
    always: true,
  },
  tunnels: { keys: ['g t'], does: 'Go to the tunnels', where: 'Anywhere' },
  activity: { keys: ['g a'], does: 'Go to the activity', where: 'Anywhere' },
  audit: { keys: ['g u'], does: 'Go to the audit', where: 'Anywhere' },
  wall: { keys: ['g w'], does: 'Make a wall', where: 'Anywhere' },
  theme: { keys: ['D'], does: 'Dark or light', where: 'Anywhere' },
  help: { keys: ['?'], does: 'Show the keys', where: 'Anywhere' },
  create: { keys: ['c'], does: 'Create a tunnel', where: 'Tunnels' },
  next: { keys: ['j', 'ArrowDown'], does: 'Next row', where: 'Tunnels' },
  previous: { keys: ['k', 'ArrowUp'], does: 'Previous row', where: 'Tunnels' },
  first: { keys: ['Home'], does: 'First row', where: 'Tunnels' },
  last: { keys: ['End'], does: 'Last row', where: 'Tunnels' },
  open: { keys: ['Enter'], does: 'Open the row', where: 'Tunnels' },
  select: { keys: ['x'], does: 'Select the row', where: 'Tunnels' },
  stretch: {
    keys: ['shift+ArrowDown', 'shift+ArrowUp'],
    does: 'Select on to the next or previous row',
    where: 'Tunnels',
  },
  selectAll: { keys: ['mod+a'], does: 'Select all rows shown', where: 'Tunnels' },
  selectNone: { keys: ['Escape'], does: 'Select none', where: 'Tunnels' },
  view: { keys: ['v'], does: 'Views, columns and density', where: 'Tunnels' },
  failover: { keys: ['f'], does: 'Fail over', where: 'A tunnel, or the row' },
  acknowledge: { keys: ['a'], does: 'Acknowledge changes', where: 'A tunnel, or the row' },
  note: { keys: ['n'], does: 'Write a note', where: 'A tunnel' },
  link: { keys: ['l'], does: 'Copy a link to this moment', where: 'A chart' },
  tags: { keys: ['t'], does: 'Edit tags', where: 'A tunnel' },
  maintenance: { keys: ['m'], does: 'Announce maintenance', where: 'A tunnel' },
  report: { keys: ['r'], does: 'Report of the stretch shown', where: 'A tunnel' },
} as const satisfies Record<string, Shortcut>

type Shortcut = {
  keys: readonly string[]
  does: string
  where: string
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

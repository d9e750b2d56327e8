import {
  Outlet,
  useParams,
  useRouteContext,
  useRouter,
  useRouterState,
} from '@tanstack/react-router'
import { Suspense, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Me } from '#contract/session.ts'
import { usePrompt } from '#web/api/again.ts'
import { later } from '#web/ui/later.ts'
import { LookEverywhere } from '#web/ui/look-everywhere.ts'
import { useRefusal } from '#web/ui/refusal.ts'
import { listenForShortcuts, useShortcut } from '#web/ui/shortcuts.ts'
import { TooltipLayer } from '#web/ui/TooltipLayer.tsx'
import { toggleTheme } from '#web/ui/theme.ts'
import { Banners } from './Banners.tsx'
import { Header } from './Header.tsx'

const wantPalette = () => import('./Palette.tsx')
const Palette = later(async () => (await wantPalette()).Palette)
const SignInAgainDialog = later(
  async () => (await import('#web/identity/SignInAgainDialog.tsx')).SignInAgainDialog,
)
const Beacon = later(async () => (await import('./Beacon.tsx')).Beacon)
const Refusal = later(async () => (await import('./Refusal.tsx')).Refusal)
const wantHelp = () => import('./HelpDialog.tsx')
const HelpDialog = later(async () => (await wantHelp()).HelpDialog)

/** Everything that a page begins with has come by then. */
const quietMs = 5_000

/** What stands around every page: header, banners, the keys, and the layers above. */
export function Shell({ me }: { me: Me }) {
  const router = useRouter()
  const { live } = useRouteContext({ from: '__root__' })
  const { tunnelId } = useParams({ strict: false })
  const [layer, setLayer] = useState<'palette' | 'help' | null>(null)
  const [words, setWords] = useState('')
  const [rowId, setRowId] = useState<string | null>(null)
  /** What it does to a tunnel it does to the one whose row has the focus, where a page has rows. */
  const openPalette = useCallback((words = '') => {
    const row = document.activeElement?.closest<HTMLElement>('[data-row]')
    setRowId(row?.dataset.row ?? null)
    setWords(words)
    setLayer('palette')
  }, [])
  const prompt = usePrompt()
  const refusal = useRefusal()
  const main = useRef<HTMLElement>(null)
  const top = useRef<HTMLDivElement>(null)

  useLayoutEffect(() => listenForShortcuts(document), [])
  // Whoever opens the palette goes on typing at once: it must not have to come first.
  useEffect(() => {
    // What fails here fails again when it is opened. What is shown of errors can't be asked for when nothing answers.
    const want = () =>
      Promise.all([wantPalette(), wantHelp(), import('./ErrorPage.tsx')]).catch(() => {})
    const timer = setTimeout(() => void want(), quietMs)
    return () => clearTimeout(timer)
  }, [])
  useEffect(() => live.watch(tunnelId ?? null), [live, tunnelId])
  // A wall, which comes without the shell, looks at no one in particular.
  useEffect(() => () => live.watch(null), [live])
  useFocusOnArrival(main)
  useHeightAsVariable(top, '--top')

  useShortcut('palette', () => (layer === 'palette' ? setLayer(null) : openPalette()))
  useShortcut('help', () => setLayer('help'))
  useShortcut('tunnels', () => void router.navigate({ to: '/' }))
  useShortcut('activity', () => void router.navigate({ to: '/activity' }))
  useShortcut('audit', () => void router.navigate({ to: '/audit' }))
  useShortcut('wall', () => void router.navigate({ to: '/wall/build' }))
  useShortcut('theme', toggleTheme)
  // On pages without a list to search, the palette is the search.
  useShortcut('search', () => openPalette(), true)

  return (
    <>
      <a
        href="#main"
        className="sr-only z-30 rounded-md bg-accent px-3 py-2 font-medium text-accent-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
        onClick={(event) => {
          event.preventDefault()
          main.current?.focus()
        }}
      >
        Skip to content
      </a>
      <div ref={top} className="sticky top-0 z-20 print:hidden">
        <Header onPalette={() => openPalette()} onHelp={() => setLayer('help')} />
        <Banners />
      </div>
      <main ref={main} id="main" tabIndex={-1} className="outline-none">
        <LookEverywhere value={openPalette}>
          <Outlet />
        </LookEverywhere>
      </main>
      <Suspense>
        <Beacon />
        {refusal ? <Refusal key={refusal.nth} reason={refusal.reason} /> : null}
      </Suspense>
      {/* While it is on its way the keys are its own already: what is typed must not act on the page. */}
      <Suspense fallback={<dialog open hidden aria-hidden="true" />}>
        {layer === 'palette' ? (
          <Palette
            words={words}
            rowId={rowId}
            onClose={() => setLayer(null)}
            onHelp={() => setLayer('help')}
          />
        ) : null}
        {prompt ? (
          <SignInAgainDialog name={me.name} method={me.method} onSettled={prompt.settle} />
        ) : null}
        {layer === 'help' ? <HelpDialog onClose={() => setLayer(null)} /> : null}
      </Suspense>
      <TooltipLayer />
    </>
  )
}

/** After going to another page, keyboard and screen reader start at its top. */
function useFocusOnArrival(main: { current: HTMLElement | null }) {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname })
  const previous = useRef(path)
  useEffect(() => {
    if (previous.current !== undefined && previous.current !== path) {
      // A dialog that opened with the page has the focus already, and so has the row that was left.
      if (!document.querySelector('dialog[open], [data-row]:focus'))
        main.current?.focus({ preventScroll: true })
    }
    previous.current = path
  }, [path, main])
}

/** Tells the style sheets how high an element is: what sticks below it needs to know. */
function useHeightAsVariable(element: { current: HTMLElement | null }, variable: string) {
  useEffect(() => {
    const node = element.current
    if (!node) return
    const sizes = new ResizeObserver(() => {
      document.documentElement.style.setProperty(variable, `${node.offsetHeight}px`)
    })
    sizes.observe(node)
    return () => sizes.disconnect()
  }, [element, variable])
}

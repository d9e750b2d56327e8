import type { Page } from '@playwright/test'

/**
 * What is measured inside the page, by the page's own clocks. It reads the document only, as a person
 * would: nothing of Tandem's code is touched, and no observer stays behind where it could cost time.
 */

export type Interaction = { durationMs: number; what: string }

type Probe = {
  /** Calls back after the next paint. */
  painted: (then: () => void) => void
  /** When the first rows had been painted and the main thread was free: ms since the navigation began. */
  usable: Promise<number>
  /** Epoch ms at which the first element that matches held the text. */
  shown: (selector: string, text: string) => Promise<number>
  /** From the next key press to the paint of the rows that it asks for, ms; null if they stay the same. */
  keystroke: () => Promise<number | null>
  /** Starts to note every interaction that took 16 ms or longer; asked again, tells the worst. */
  interactions: () => Interaction[]
  /** The longest time between two frames, ms, from now until `stop` is called. */
  frames: () => { stop: () => number }
  /** What was asked for last and is waited for. */
  pending: Promise<unknown>
  scrolling: { stop: () => number }
}

declare global {
  var tandemProbe: Probe
}

/** Runs in the page, before anything of the page's own does. */
function installProbe() {
  /** After the paint that follows: a frame's callbacks run before its paint, a message after it. */
  const painted = (then: () => void) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      port1.addEventListener('message', then, { once: true })
      port1.start()
      port2.postMessage(null)
    })
  const everything = { subtree: true, childList: true, characterData: true, attributes: true }

  const usable = new Promise<number>((resolve) => {
    // Other pages have no rows: it would look for them at every change of theirs.
    if (location.pathname !== '/') return
    const observer = new MutationObserver(() => {
      if (!document.querySelector('[data-row]')) return
      observer.disconnect()
      painted(() => resolve(performance.now()))
    })
    observer.observe(document, everything)
  })

  const shown = (selector: string, text: string) =>
    new Promise<number>((resolve) => {
      const look = () => {
        if (!document.querySelector(selector)?.textContent?.includes(text)) return
        observer.disconnect()
        resolve(Date.now())
      }
      const observer = new MutationObserver(look)
      observer.observe(document, everything)
      look()
    })

  const keystroke = () =>
    new Promise<number | null>((resolve) => {
      const rowCount = () =>
        document.querySelector('table[aria-label="Tunnels"]')?.getAttribute('aria-rowcount') ?? '0'
      const before = rowCount()
      addEventListener(
        'keydown',
        (event) => {
          const observer = new MutationObserver(() => {
            if (rowCount() === before) return
            observer.disconnect()
            clearTimeout(timer)
            painted(() => resolve(performance.now() - event.timeStamp))
          })
          observer.observe(document, everything)
          const timer = setTimeout(() => {
            observer.disconnect()
            resolve(null)
          }, 2_000)
        },
        { once: true, capture: true },
      )
    })

  const worst = new Map<number, Interaction>()
  let watching = false
  const interactions = () => {
    if (!watching) {
      watching = true
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as PerformanceEventTiming[]) {
          const {
            interactionId = 0,
            duration,
            name,
            target,
          } = entry as PerformanceEventTiming & {
            interactionId?: number
          }
          // One interaction is several events (press, release, click): the longest counts.
          if (interactionId === 0 || duration <= (worst.get(interactionId)?.durationMs ?? 0))
            continue
          const element = target instanceof Element ? target : null
          const words = element?.getAttribute('aria-label') ?? element?.textContent ?? ''
          worst.set(interactionId, {
            durationMs: duration,
            what: `${name} on ${element?.localName ?? 'nothing'} “${words.slice(0, 40)}”`,
          })
        }
      }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit)
    }
    return [...worst.values()]
  }

  const frames = () => {
    let last = performance.now()
    let longest = 0
    let handle = requestAnimationFrame(function frame(at) {
      longest = Math.max(longest, at - last)
      last = at
      handle = requestAnimationFrame(frame)
    })
    return {
      stop: () => {
        cancelAnimationFrame(handle)
        return longest
      },
    }
  }

  globalThis.tandemProbe = {
    painted,
    usable,
    shown,
    keystroke,
    interactions,
    frames,
    pending: Promise.resolve(),
    scrolling: { stop: () => 0 },
  }
}

/** Gives every document that the page will load a `tandemProbe`. */
export async function withProbe(page: Page) {
  // tsx names functions with a helper of its own, which a function sent to the page leaves behind.
  await page.addInitScript({ content: 'globalThis.__name = (value) => value' })
  await page.addInitScript(installProbe)
}

/**
 * Watches for a text before it can be there, so that nothing is missed.
 *
 * @returns waits for it: epoch ms at which the document held it
 */
export async function watchFor(page: Page, selector: string, text: string) {
  await page.evaluate(
    ([selector, text]) => {
      tandemProbe.pending = tandemProbe.shown(selector, text)
    },
    [selector, text] as const,
  )
  return () => page.evaluate(() => tandemProbe.pending as Promise<number>)
}

import { useEffect, useId, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { place } from './place.ts'
import { bothZonesText } from './time.ts'

function textOf(element: HTMLElement): string {
  const { dataset } = element
  if (dataset.tipCut !== undefined && element.scrollWidth <= element.clientWidth) return ''
  const time = dataset.tipAt === undefined ? '' : bothZonesText(Number(dataset.tipAt))
  return [dataset.tip, time].filter(Boolean).join('\n')
}

const delayMs = 250

/** The layer that shows tooltips; mounted once. */
export function TooltipLayer() {
  const id = useId()
  const ref = useRef<HTMLDivElement>(null)
  const [text, setText] = useState('')

  useEffect(() => {
    const layer = ref.current
    if (!layer) return
    let target: HTMLElement | null = null
    let timer: ReturnType<typeof setTimeout> | undefined
    let isTouched = false

    const hide = () => {
      clearTimeout(timer)
      changes.disconnect()
      if (target?.getAttribute('aria-describedby') === id)
        target.removeAttribute('aria-describedby')
      if (layer.matches(':popover-open')) layer.hidePopover()
      target = null
    }
    const tell = () => {
      const words = target?.isConnected && textOf(target)
      if (!target || !words) return hide()
      // A layer that is measured before its text is in it is placed for an empty one.
      flushSync(() => setText(words))
      if (layer.matches(':popover-open')) return
      if (!target.hasAttribute('aria-describedby')) target.setAttribute('aria-describedby', id)
      layer.showPopover()
      place(layer, target, 'center')
    }
    // What is pointed at may change under the pointer, to another tunnel even.
    const changes = new MutationObserver(tell)
    const show = (next: HTMLElement, afterMs: number) => {
      if (next === target) return
      hide()
      target = next
      timer = setTimeout(() => {
        changes.observe(next, { attributeFilter: ['data-tip', 'data-tip-at'] })
        tell()
      }, afterMs)
    }
    const tipped = (event: Event) =>
      event.target instanceof Element ? event.target.closest<HTMLElement>('[data-tip]') : null

    const onOver = (event: PointerEvent) => {
      if (event.pointerType === 'touch') return
      if (event.target instanceof Node && layer.contains(event.target)) return
      const next = tipped(event)
      if (next) show(next, delayMs)
      else hide()
    }
    const onFocus = (event: FocusEvent) => {
      const next = tipped(event)
      if (next?.matches(':focus-visible')) show(next, 0)
    }
    const onDown = (event: PointerEvent) => {
      isTouched = event.pointerType === 'touch'
      hide()
    }
    // A finger neither hovers nor steps there by keys, and a tap on what is switched off asks why, one on a time that
    // leads nowhere asks when. At the click, when whatever had the focus has let go of it.
    const onClick = (event: MouseEvent) => {
      const next = isTouched ? tipped(event) : null
      if (next?.matches('[aria-disabled=true],[data-tip-at]:not(:is(a,button,label,[data-row]) *)'))
        show(next, 0)
    }
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') hide()
    }
    document.addEventListener('pointerover', onOver)
    document.addEventListener('pointerdown', onDown)
    document.addEventListener('click', onClick, true)
    document.addEventListener('focusin', onFocus)
    document.addEventListener('focusout', hide)
    document.addEventListener('keydown', onKey, true)
    document.addEventListener('scroll', hide, true)
    return () => {
      hide()
      document.removeEventListener('pointerover', onOver)
      document.removeEventListener('pointerdown', onDown)
      document.removeEventListener('click', onClick, true)
      document.removeEventListener('focusin', onFocus)
      document.removeEventListener('focusout', hide)
      document.removeEventListener('keydown', onKey, true)
      document.removeEventListener('scroll', hide, true)
    }
  }, [id])

  return (
    <div
      ref={ref}
      id={id}
      role="tooltip"
      popover="manual"
      className="pointer-events-auto fixed max-w-80 rounded-md border-0 bg-overlay px-2.5 py-1.5 text-xs whitespace-pre-line text-ink shadow-overlay"
    >
      {text}
    </div>
  )
}

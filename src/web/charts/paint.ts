import { durationText } from '#web/ui/time.ts'
import type { Ink } from './ink.ts'
import type { Geometry } from './plot.ts'
import type { Stretch } from './range.ts'
import { type Lane, type Look, type Mark, type Run, stateText, toRuns } from './series.ts'
import type { Tick } from './ticks.ts'

/**
 * Paints the role timeline on a canvas.
 *
 * Recharts is not used for it: it makes an SVG element of every bar, and 25 lanes of 2,000 intervals are
 * 50,000 elements, which take seconds to lay out and cannot be hovered at 60 frames a second. A canvas holds
 * pixels only: thinner intervals than a pixel are merged before they are painted (`toRuns`), so the work
 * grows with the width of the picture and not with what happened. The table beside it is what screen
 * readers, tests and copying hands read.
 */

export type Picture = {
  lanes: readonly Lane[]
  marks: readonly Mark[]
  stretch: Stretch
  /** The end of what can be known, epoch ms: nothing is drawn after it. */
  now: number
  ticks: readonly Tick[]
  geometry: Geometry
  /** Of the plot alone, CSS pixels. */
  width: number
  dpr: number
  unit: number
  ink: Ink
}

export const heightOf = (lanes: number, { railHeight, laneHeight, axisHeight }: Geometry) =>
  railHeight + lanes * laneHeight + axisHeight

/** The middle of a lane's band. */
export const bandMiddle = (
  index: number,
  { railHeight, laneHeight, bandTop, bandHeight }: Geometry,
) => railHeight + index * laneHeight + bandTop + bandHeight / 2

export function paint(canvas: HTMLCanvasElement, picture: Picture) {
  const { lanes, geometry, width, dpr, stretch, now } = picture
  const height = heightOf(lanes.length, geometry)
  const [w, h] = [Math.round(width * dpr), Math.round(height * dpr)]
  if (canvas.width !== w) canvas.width = w
  if (canvas.height !== h) canvas.height = h
  const context = canvas.getContext('2d')
  if (!context || w === 0) return
  // Everything below is in device pixels: bands are whole pixels and their edges sharp.
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.clearRect(0, 0, w, h)
  const brush = createBrush(context, picture.ink, dpr, picture.unit)
  const runs = lanes.map((lane) => toRuns(lane, stretch, w))
  const known = Math.max(0, Math.min(w, ((now - stretch.from) / (stretch.to - stretch.from)) * w))

  paintVacancies(brush, picture, runs)
  paintAxis(brush, picture, w, h)
  const bandHeight = Math.round(geometry.bandHeight * dpr)
  const bandTopOf = (index: number) =>
    Math.round((geometry.railHeight + index * geometry.laneHeight + geometry.bandTop) * dpr)
  for (const index of lanes.keys()) {
    const y = bandTopOf(index)
    brush.nothing(0, known, y, bandHeight)
    const { bands, specks } = runs[index] ?? { bands: [], specks: [] }
    for (const run of bands) brush.band(run, y, bandHeight)
    brush.specks(specks, y, bandHeight, w)
  }
  const crossings = paintMarks(brush, picture, w)
  for (const [index, lane] of lanes.entries()) {
    const y = bandTopOf(index)
    for (const run of runs[index]?.bands ?? [])
      brush.label(labelOf(lane, run), run, y, bandHeight, crossings[index] ?? [])
  }
}

/** Time without an active connector, through all lanes: the one thing that must not be missed. */
function paintVacancies(brush: Brush, { lanes, geometry, dpr }: Picture, runs: Runs[]) {
  const index = lanes.findIndex(({ kind }) => kind === 'active')
  const { bands, specks } = runs[index] ?? { bands: [], specks: [] }
  const top = geometry.railHeight * dpr
  const bottom = (geometry.railHeight + lanes.length * geometry.laneHeight) * dpr
  for (const run of [...bands, ...specks])
    if (run.look === 'vacant') brush.vacancy(run, top, bottom - top)
}

type Runs = ReturnType<typeof toRuns>

function paintAxis(brush: Brush, picture: Picture, w: number, h: number) {
  const { stretch, ticks, geometry, dpr } = picture
  const bottom = h - geometry.axisHeight * dpr
  let free = 0
  for (const { at, text, major } of ticks) {
    const x = Math.round(((at - stretch.from) / (stretch.to - stretch.from)) * w)
    brush.grid(x, geometry.railHeight * dpr, bottom, major)
    free = brush.tick(text, x, bottom, w, free, major)
  }
}

function labelOf(lane: Lane, { interval, look }: Run): { text: string; mono: boolean; ms: number } {
  return {
    text: look === 'up' ? 'Reported running' : stateText(lane.kind, interval),
    mono: look === 'holder',
    ms: interval.to - interval.from,
  }
}

/** Marks that would overlap are one, with a number; whole inside of the picture, also at its edges. */
export type Cluster = { x: number; marks: Mark[] }

export function clustersOf(
  marks: readonly Mark[],
  { from, to }: Stretch,
  width: number,
  apart: number,
): Cluster[] {
  const clusters: Cluster[] = []
  let end = Number.NEGATIVE_INFINITY
  for (const mark of marks) {
    if (mark.at < from || mark.at > to) continue
    const at = ((mark.at - from) / (to - from)) * width
    const x = Math.max(apart / 2, Math.min(at, width - apart / 2))
    const last = clusters.at(-1)
    if (last && x - end < apart) {
      last.marks.push(mark)
      last.x += (x - last.x) / last.marks.length
    } else clusters.push({ x, marks: [mark] })
    end = x
  }
  return clusters
}

/** How near marks may come before they are drawn as one. */
export const markApart = (unit: number) => 18 * unit

/** @returns for each lane where lines cross it, device pixels from the left, in order. */
function paintMarks(brush: Brush, picture: Picture, w: number): number[][] {
  const crossings: number[][] = picture.lanes.map(() => [])
  const { marks, stretch, lanes, geometry, dpr, unit } = picture
  const laneOf = (connectorId: string | null) =>
    lanes.findIndex((lane) => lane.kind === 'role' && lane.connectorId === connectorId)
  const middle = (index: number) => bandMiddle(index, geometry) * dpr
  let before = Number.NEGATIVE_INFINITY
  let drawn = Number.NEGATIVE_INFINITY
  for (const mark of marks) {
    if (mark.at < stretch.from || mark.at > stretch.to) continue
    const x = Math.round(((mark.at - stretch.from) / (stretch.to - stretch.from)) * w)
    const [fromLane, toLane] = [laneOf(mark.fromId), laneOf(mark.toId)]
    // Where they come thick, some stand for all: a flapping evening is no white wall.
    if (fromLane >= 0 && toLane >= 0 && x - drawn > 3 * dpr * unit) {
      brush.handover(mark.kind, x, middle(fromLane), middle(toLane), x - before > 7 * dpr * unit)
      drawn = x
      const [first, last] = [Math.min(fromLane, toLane), Math.max(fromLane, toLane)]
      for (let lane = first; lane <= last; lane += 1) crossings[lane]?.push(x)
    }
    before = x
  }
  const rail = (geometry.railHeight / 2) * dpr
  for (const { x, marks: some } of clustersOf(marks, stretch, w, markApart(unit) * dpr))
    brush.mark(some, x, rail, w)
  return crossings
}

const pixels = new Map<string, number>()

/** A colour as a pixel of an image (little-endian: alpha first). */
function pixelOf(colour: string, alpha: number): number {
  let rgb = pixels.get(colour)
  if (rgb === undefined) {
    const context = new OffscreenCanvas(1, 1).getContext('2d')
    if (!context) return 0
    context.fillStyle = colour
    context.fillRect(0, 0, 1, 1)
    const [r = 0, g = 0, b = 0] = context.getImageData(0, 0, 1, 1).data
    rgb = (b << 16) | (g << 8) | r
    pixels.set(colour, rgb)
  }
  return ((alpha << 24) | rgb) >>> 0
}

/** A sample of a look, for the legend. */
export function paintSample(
  canvas: HTMLCanvasElement,
  sample: { look: Look; reported: boolean } | { mark: Mark['kind'] },
  {
    width,
    height,
    dpr,
    unit,
    ink,
  }: { width: number; height: number; dpr: number; unit: number; ink: Ink },
) {
  canvas.width = Math.round(width * dpr)
  canvas.height = Math.round(height * dpr)
  const context = canvas.getContext('2d')
  if (!context) return
  const brush = createBrush(context, ink, dpr, unit)
  if ('mark' in sample) brush.badge(sample.mark, canvas.width / 2, canvas.height / 2)
  else
    brush.band(
      { ...sample, x0: 0, x1: canvas.width, mixed: false, partial: false },
      0,
      canvas.height,
    )
}

/** What must be seen even where it is thinner than a pixel. */
const badLooks: ReadonlySet<Look> = new Set(['vacant', 'several', 'down', 'offline', 'degraded'])

type Shape = Pick<Run, 'x0' | 'x1' | 'look' | 'reported' | 'mixed' | 'partial'>

/** What each look is made of. Every one differs from the others in form as well as in colour. */
type Brush = ReturnType<typeof createBrush>

function createBrush(context: CanvasRenderingContext2D, ink: Ink, dpr: number, unit: number) {
  const px = dpr * unit
  const hair = Math.max(1, Math.round(dpr))
  const hatch = tile(8 * dpr, (draw, size) => {
    draw.strokeStyle = ink.unknown
    draw.globalAlpha = 0.55
    draw.lineWidth = 1.2 * dpr
    draw.beginPath()
    for (const shift of [-size, 0, size]) {
      draw.moveTo(shift - size, size * 2)
      draw.lineTo(shift + size * 2, -size)
    }
    draw.stroke()
  })
  const dotsOf = new Map<string, CanvasPattern | null>()
  const dots = (colour: string) => {
    const known = dotsOf.get(colour)
    if (known !== undefined) return known
    const made = tile(5 * dpr, (draw, size) => {
      draw.fillStyle = colour
      const dot = Math.max(1, Math.round(1.3 * dpr))
      draw.fillRect(Math.round(size / 2), Math.round(size / 2), dot, dot)
    })
    dotsOf.set(colour, made)
    return made
  }
  const crosses = tile(14 * dpr, (draw, size) => {
    const [middle, arm] = [size / 2, 2.6 * dpr]
    draw.strokeStyle = ink.bad
    draw.lineWidth = 1.4 * dpr
    draw.beginPath()
    draw.moveTo(middle - arm, middle - arm)
    draw.lineTo(middle + arm, middle + arm)
    draw.moveTo(middle + arm, middle - arm)
    draw.lineTo(middle - arm, middle + arm)
    draw.stroke()
  })

  function tile(
    size: number,
    draw: (context: OffscreenCanvasRenderingContext2D, size: number) => void,
  ) {
    const whole = Math.max(2, Math.round(size))
    const canvas = new OffscreenCanvas(whole, whole)
    const inside = canvas.getContext('2d')
    if (!inside) return null
    draw(inside, whole)
    return context.createPattern(canvas, 'repeat')
  }

  function rect(x: number, y: number, w: number, h: number, fill: string | CanvasPattern | null) {
    if (!fill) return
    context.fillStyle = fill
    context.fillRect(x, y, w, h)
  }

  function outline(
    x: number,
    y: number,
    w: number,
    h: number,
    colour: string,
    dash: number[] = [],
  ) {
    context.strokeStyle = colour
    context.lineWidth = hair
    context.setLineDash(dash)
    context.strokeRect(x + hair / 2, y + hair / 2, Math.max(0, w - hair), h - hair)
    context.setLineDash([])
  }

  const solid: Record<Look, string> = {
    active: ink.good,
    passive: ink.lineStrong,
    offline: ink.bad,
    up: ink.ink3,
    plain: ink.ink3,
    holder: ink.good,
    vacant: ink.bad,
    several: ink.bad,
    healthy: ink.good,
    degraded: ink.warn,
    down: ink.bad,
    inactive: ink.unknown,
    unknown: ink.unknown,
  }

  function band({ x0, x1, look, reported, mixed, partial }: Shape, y: number, h: number) {
    const w = x1 - x0
    const line = Math.round(2.5 * px)
    if (w < 4 * hair) {
      // Too thin for a pattern: its colour has to do.
      context.globalAlpha = reported ? 0.5 : 1
      rect(x0, y, w, h, solid[look])
      context.globalAlpha = 1
      return
    }
    if (reported) {
      rect(x0, y, w, h, dots(solid[look]))
      outline(x0, y, w, h, solid[look], [3 * dpr, 3 * dpr])
      return
    }
    switch (look) {
      case 'active':
      case 'vacant':
      case 'down':
        rect(x0, y, w, h, solid[look])
        break
      case 'passive':
        context.globalAlpha = 0.16
        rect(x0, y, w, h, ink.ink3)
        context.globalAlpha = 1
        outline(x0, y, w, h, ink.lineStrong)
        break
      case 'offline':
        rect(x0, y, w, h, ink.badSoft)
        if (w > 8 * dpr) rect(x0, y, w, h, crosses)
        rect(x0, y + h - line, w, line, ink.bad)
        break
      case 'plain':
        context.globalAlpha = 0.3
        rect(x0, y, w, h, ink.ink3)
        context.globalAlpha = 1
        break
      case 'holder':
      case 'healthy':
        rect(x0, y, w, h, ink.goodSoft)
        rect(x0, y + h - line, w, line, ink.good)
        break
      case 'several':
        rect(x0, y, w, h, ink.badSoft)
        rect(x0, y, w, line, ink.bad)
        rect(x0, y + h - line, w, line, ink.bad)
        break
      case 'degraded':
        rect(x0, y, w, h, ink.warnSoft)
        rect(x0, y, w, line, ink.warn)
        rect(x0, y + h - line, w, line, ink.warn)
        break
      case 'inactive':
      case 'up':
        outline(x0, y, w, h, solid[look], [4 * dpr, 3 * dpr])
        break
      case 'unknown':
        rect(x0, y, w, h, ink.unknownSoft)
        rect(x0, y, w, h, hatch)
        break
      default:
        look satisfies never
    }
    if (partial) {
      // What was seen stays along the bottom; above it is what nobody saw.
      const top = Math.round(h * 0.6)
      rect(x0, y, w, top, ink.unknownSoft)
      rect(x0, y, w, top, hatch)
    }
    // Neighbours of one look are told apart by a hair between them.
    if (look !== 'passive') rect(x1 - hair, y, hair, h, ink.panel)
    if (mixed && w > 6 * px) {
      for (let x = x0; x < x1; x += 6 * px) rect(x, y, Math.min(3 * px, x1 - x), hair * 2, ink.ink2)
    }
  }

  const inkOn: Partial<Record<Look, string>> = {
    active: ink.accentInk,
    vacant: ink.dangerInk,
    down: ink.dangerInk,
  }

  return {
    band,

    /**
     * Stretches thinner than a pixel. Thousands of rectangles would cost more than all else, so a lane's
     * specks are one row of pixels, stretched over its height.
     */
    specks(runs: readonly Run[], y: number, h: number, w: number) {
      if (runs.length === 0) return
      const row = new ImageData(w, 1)
      const pixels = new Uint32Array(row.data.buffer)
      for (const { x0, look, reported } of runs)
        pixels[x0] = pixelOf(solid[look], reported ? 0x80 : 0xff)
      // A bad one is made wide enough to be seen, where its neighbour leaves it the room.
      for (const { x0, look } of runs) {
        const bad = badLooks.has(look)
        if (bad && x0 + 1 < w && pixels[x0 + 1] === 0) pixels[x0 + 1] = pixels[x0] ?? 0
      }
      const canvas = new OffscreenCanvas(w, 1)
      canvas.getContext('2d')?.putImageData(row, 0, 0)
      context.imageSmoothingEnabled = false
      context.drawImage(canvas, 0, 0, w, 1, 0, y, w, h)
    },

    /** Where nothing was recorded: a line, so that a lane is a lane. */
    nothing(x0: number, x1: number, y: number, h: number) {
      rect(x0, y + Math.round(h / 2), x1 - x0, hair, ink.line)
    },

    vacancy({ x0, x1 }: Shape, y: number, h: number) {
      context.globalAlpha = 0.16
      rect(x0, y, Math.max(2 * dpr, x1 - x0), h, ink.bad)
      context.globalAlpha = 1
    },

    grid(x: number, top: number, bottom: number, major: boolean) {
      context.globalAlpha = major ? 0.55 : 0.8
      rect(x, top, hair, bottom - top, major ? ink.lineStrong : ink.line)
      context.globalAlpha = 1
    },

    /** @returns where the next text may begin, so that none is written over another. */
    tick(text: string, x: number, y: number, most: number, free: number, major: boolean): number {
      context.font = `${major ? 600 : 400} ${Math.round(11 * px)}px ${ink.sans}`
      context.fillStyle = major ? ink.ink : ink.ink2
      context.textBaseline = 'middle'
      context.textAlign = 'left'
      const width = context.measureText(text).width
      const left = Math.min(Math.max(0, x - width / 2), most - width)
      rect(x, y, hair, Math.round(4 * px), ink.lineStrong)
      if (left < free) return free
      context.fillStyle = major ? ink.ink : ink.ink2
      context.fillText(text, left, y + Math.round(14 * px))
      return left + width + 8 * px
    },

    label(
      { text, mono, ms }: { text: string; mono: boolean; ms: number },
      { x0, x1, look, reported, partial }: Shape,
      y: number,
      h: number,
      crossings: readonly number[],
    ) {
      const pad = 6 * px
      if (x1 - x0 - 2 * pad < 24 * px) return
      context.font = `500 ${Math.round(11 * px)}px ${mono ? ink.mono : ink.sans}`
      context.textBaseline = 'middle'
      context.textAlign = 'left'
      const width = context.measureText(text).width
      // Nothing is written under a line: it begins behind it.
      let left = x0 + pad
      for (const x of crossings) if (x > left - pad && x < left + width + pad) left = x + 1.5 * pad
      const room = x1 - pad - left
      if (width > room) return
      const middle = y + h / 2 + 0.5 * px
      const onPattern =
        partial || reported || look === 'unknown' || look === 'offline' || look === 'up'
      if (onPattern) {
        // A pattern behind letters makes them hard to read.
        const back =
          partial || look === 'unknown'
            ? ink.unknownSoft
            : look === 'offline'
              ? ink.badSoft
              : ink.panel
        rect(left - 3 * px, y + 2 * hair, width + 6 * px, h - 4 * hair - 1, back)
      }
      context.fillStyle = (onPattern ? undefined : inkOn[look]) ?? ink.ink
      context.fillText(text, left, middle)
      const more = durationText(ms)
      context.font = `400 ${Math.round(11 * px)}px ${ink.sans}`
      const end = left + width + context.measureText(more).width + 10 * px
      if (onPattern || end > x1 - pad || crossings.some((x) => x > left && x < end + pad)) return
      context.globalAlpha = 0.75
      context.fillText(more, left + width + 8 * px, middle)
      context.globalAlpha = 1
    },

    /** From the old active one to the new one, with a caret at its end. */
    handover(kind: Mark['kind'], x: number, from: number, to: number, clear: boolean) {
      const down = to > from ? 1 : -1
      const head = 5 * px
      const colour = kind === 'manual' ? ink.accent : ink.ink
      const line = (width: number, stroke: string) => {
        context.strokeStyle = stroke
        context.lineWidth = width
        context.beginPath()
        context.moveTo(x, from)
        context.lineTo(x, to - down * head)
        context.stroke()
      }
      if (!clear) {
        context.globalAlpha = 0.6
        line(hair, colour)
        context.globalAlpha = 1
        return
      }
      line(4.5 * px, ink.panel)
      if (kind === 'unknown') context.setLineDash([3 * px, 2.5 * px])
      line(1.8 * px, colour)
      context.setLineDash([])
      context.beginPath()
      context.arc(x, from, 3 * px, 0, 2 * Math.PI)
      context.moveTo(x - head * 0.95, to - down * head)
      context.lineTo(x + head * 0.95, to - down * head)
      context.lineTo(x, to + down * head * 0.5)
      context.closePath()
      context.fillStyle = colour
      context.strokeStyle = ink.panel
      context.lineWidth = 1.5 * px
      context.stroke()
      context.fill()
    },

    /** Whole inside of the picture, also at its edges. */
    mark(marks: readonly Mark[], at: number, y: number, most: number) {
      const inside = (half: number) => Math.min(Math.max(at, half), most - half)
      const [only] = marks
      if (marks.length === 1 && only) return this.badge(only.kind, inside(9 * px), y)
      const text = String(marks.length)
      context.font = `600 ${Math.round(10.5 * px)}px ${ink.sans}`
      const width = Math.max(18 * px, context.measureText(text).width + 10 * px)
      const manual = marks.some(({ kind }) => kind === 'manual')
      const x = inside(width / 2)
      const left = x - width / 2
      context.beginPath()
      context.roundRect(left, y - 8 * px, width, 16 * px, 8 * px)
      context.fillStyle = manual ? ink.accent : ink.ink2
      context.fill()
      context.fillStyle = manual ? ink.accentInk : ink.panel
      context.textAlign = 'center'
      context.textBaseline = 'middle'
      context.fillText(text, x, y + 0.5 * px)
    },

    /** Manual: a person. Automatic: a turn. Unknown: a question. Failed: a cross. */
    badge(kind: Mark['kind'], x: number, y: number) {
      const r = 8 * px
      context.lineWidth = 1.4 * px
      context.lineCap = 'round'
      context.beginPath()
      context.arc(x, y, r - 0.7 * px, 0, 2 * Math.PI)
      if (kind === 'manual') {
        context.fillStyle = ink.accent
        context.fill()
        context.fillStyle = ink.accentInk
        context.beginPath()
        context.arc(x, y - 2.2 * px, 2.2 * px, 0, 2 * Math.PI)
        context.fill()
        context.beginPath()
        context.arc(x, y + 5 * px, 4 * px, Math.PI * 1.08, Math.PI * 1.92)
        context.fill()
        return
      }
      context.fillStyle = ink.panel
      context.fill()
      const colour = kind === 'failed' ? ink.bad : ink.ink2
      context.strokeStyle = colour
      if (kind === 'unknown') context.setLineDash([2.2 * px, 2 * px])
      context.stroke()
      context.setLineDash([])
      context.fillStyle = colour
      if (kind === 'unknown') {
        context.font = `600 ${Math.round(10.5 * px)}px ${ink.sans}`
        context.textAlign = 'center'
        context.textBaseline = 'middle'
        context.fillText('?', x, y + 0.6 * px)
        return
      }
      context.beginPath()
      if (kind === 'failed') {
        context.moveTo(x - 2.6 * px, y - 2.6 * px)
        context.lineTo(x + 2.6 * px, y + 2.6 * px)
        context.moveTo(x + 2.6 * px, y - 2.6 * px)
        context.lineTo(x - 2.6 * px, y + 2.6 * px)
        context.stroke()
        return
      }
      context.arc(x, y, 3.4 * px, Math.PI * 0.1, Math.PI * 1.6)
      context.stroke()
      context.beginPath()
      context.moveTo(x + 0.3 * px, y - 5.6 * px)
      context.lineTo(x + 4.6 * px, y - 3.3 * px)
      context.lineTo(x + 0.4 * px, y - 0.9 * px)
      context.closePath()
      context.fill()
    },
  }
}

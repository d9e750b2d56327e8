import { describe, expect, test } from 'vitest'
import type { Tunnel } from '#contract/tunnel.ts'
import { headlineOf } from './headline.ts'
import { judged, worstFirst } from './judge.ts'
import { tunnelOf } from './tunnel-of.ts'

const nobody = new Set<string>()
const lineOf = (tunnels: Tunnel[], stale: ReadonlySet<string> = nobody) =>
  headlineOf(worstFirst(judged(tunnels, stale)))

const fine = tunnelOf('fine')
const down = tunnelOf('down', { status: 'down', readiness: 'disconnected' })
const degraded = tunnelOf('degraded', { status: 'degraded' })
const exposed = tunnelOf('exposed', { readiness: 'exposed', standbyCount: 0 })
const vacant = tunnelOf('vacant', { readiness: 'no-active', activeConnectorId: null })

describe('the headline', () => {
  test('says that all is well only when all of it is known to be', () => {
    expect(lineOf([fine, tunnelOf('other')])).toMatchObject({
      tone: 'good',
      text: 'Both tunnels connected',
      worst: null,
      rest: [],
    })
    expect(lineOf([fine], new Set(['fine-id']))).toMatchObject({
      tone: 'unknown',
      text: '1 tunnel unknown',
    })
  })

  test('names the worst, and counts the rest', () => {
    const line = lineOf([fine, exposed, degraded, down, vacant])
    expect(line).toMatchObject({ tone: 'bad', text: '1 tunnel down' })
    expect(line.worst?.tunnel.name).toBe('down')
    expect(line.rest).toEqual([
      '1 with no single active',
      '1 degraded',
      '1 with no standby',
      '1 connected',
    ])
  })

  test('counts what is not known before all else', () => {
    expect(lineOf([degraded, down, fine], new Set(['fine-id'])).rest).toEqual([
      '1 unknown',
      '1 degraded',
    ])
  })

  test('one failure from outage is worth a warning', () => {
    expect(lineOf([fine, exposed])).toMatchObject({
      tone: 'warn',
      text: '1 tunnel one failure from outage',
    })
  })

  test('a degraded tunnel that lost its standby is one failure from outage too, and counted once', () => {
    const both = tunnelOf('both', { status: 'degraded', readiness: 'exposed', standbyCount: 0 })
    expect(lineOf([fine, both])).toMatchObject({
      tone: 'warn',
      text: '1 tunnel degraded, one failure from outage',
      rest: ['1 connected'],
    })
    expect(lineOf([both, degraded, exposed])).toMatchObject({
      text: '2 tunnels degraded, 1 of them with no standby',
      rest: ['1 more with no standby'],
    })
    expect(lineOf([down, both, exposed]).rest).toEqual([
      '1 degraded, with no standby',
      '1 more with no standby',
    ])
    expect(lineOf([down, both, degraded]).rest).toEqual(['2 degraded, 1 of them with no standby'])
    expect(lineOf([both], new Set(['both-id']))).toMatchObject({ text: '1 tunnel unknown' })
  })

  test('what never ran calls nobody', () => {
    const idle = tunnelOf('idle', { status: 'inactive', readiness: 'disconnected' })
    expect(lineOf([fine, idle])).toMatchObject({
      tone: 'good',
      // Not "the tunnel": there are two.
      text: '1 tunnel connected',
      rest: ['1 never ran'],
    })
    // Nor is anything fine where nothing is connected.
    expect(lineOf([idle, tunnelOf('new', { status: 'inactive' })])).toMatchObject({
      tone: 'idle',
      text: '2 tunnels never ran',
      worst: null,
    })
  })

  test('nothing to show is not fine', () => {
    expect(lineOf([])).toMatchObject({ tone: 'unknown', text: 'No tunnel to show' })
  })
})

describe('the order of tiles', () => {
  test('the worst come first, and by name among equals', () => {
    const b = tunnelOf('b', { status: 'down', readiness: 'disconnected' })
    const names = worstFirst(judged([fine, down, exposed, b, degraded], nobody)).map(
      ({ tunnel }) => tunnel.name,
    )
    expect(names).toEqual(['b', 'down', 'degraded', 'exposed', 'fine'])
  })

  test('what was down when it was last seen keeps its place, as unknown', () => {
    const [first] = worstFirst(judged([fine, degraded, down], new Set(['down-id'])))
    expect(first).toMatchObject({ grade: 'unknown', stale: true, tunnel: { name: 'down' } })
  })
})

describe('what people said', () => {
  test('a change stays until somebody acknowledges it', () => {
    const changed = tunnelOf('changed', { unacknowledged: { count: 2, firstAt: 1, lastAt: 2 } })
    const line = lineOf([fine, changed])
    expect(line).toMatchObject({ tone: 'news', text: '1 tunnel changed, not acknowledged' })
    expect(line.worst?.tunnel.name).toBe('changed')
  })

  test('maintenance calls nobody, and is counted', () => {
    const maintenance = { from: 0, to: 9, by: 'Ada', text: null }
    const line = lineOf([fine, { ...down, maintenance }])
    expect(line).toMatchObject({
      tone: 'good',
      text: '1 tunnel connected',
      rest: ['1 in maintenance'],
    })
    expect(lineOf([{ ...down, maintenance }])).toMatchObject({
      tone: 'unknown',
      text: '1 tunnel in maintenance',
      worst: null,
      rest: [],
    })
  })

  test('what is in maintenance takes no place before what is not', () => {
    const maintenance = { from: 0, to: 9, by: 'Ada', text: null }
    const names = worstFirst(judged([{ ...down, maintenance }, fine, exposed], nobody)).map(
      ({ tunnel }) => tunnel.name,
    )
    expect(names).toEqual(['exposed', 'fine', 'down'])
  })
})

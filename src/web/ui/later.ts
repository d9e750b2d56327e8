import { type ComponentType, lazy } from 'react'

/**
 * A component that comes in a chunk of its own, when it is first drawn. Where Tandem does not answer at that moment
 * nothing stands in its place until it does, and the rest of the page goes on. What can't be had from a Tandem that
 * answers is thrown: it is of another build, and the page has to be loaded anew.
 */
export const later = <Props>(load: () => Promise<ComponentType<Props>>) =>
  lazy(async () => ({ default: await loaded(load) }))

/** The same for what is no component. */
export const loaded = <T>(load: () => Promise<T>): Promise<T> =>
  load().catch(() => answering().then(load))

/** Resolves when Tandem answers, whatever it says. */
const answering = (): Promise<unknown> =>
  fetch('/favicon.svg', { cache: 'no-store' }).catch(() => rest().then(answering))

const rest = () => new Promise((resolve) => setTimeout(resolve, 2000))

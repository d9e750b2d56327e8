import type { Figure } from './figure.ts'

/** Figures that are measured together, on the same stage. */
export type Group = {
  /** What `npm run bench -- NAME` calls it. */
  name: string
  /** What it finds out, and roughly how long that takes. */
  says: string
  /** @param tell says how far it is, for the person who waits */
  run: (tell: (text: string) => void) => Promise<Figure[]>
}

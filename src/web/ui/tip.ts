/**
 * Gives an element a tooltip: `<span {...tip('12:04:10')}>`. Text only; a line break starts a new line.
 * One layer serves the whole page (`TooltipLayer.tsx`), so a thousand cells with a tooltip cost nothing until one
 * is asked for, and a wall, over which nobody hovers, has none.
 */
export const tip = (text: string | null | undefined): { 'data-tip'?: string } =>
  text ? { 'data-tip': text } : {}

/** The same for a text that may be cut: shown only where it is. */
export const tipIfCut = (text: string) => ({ 'data-tip': text, 'data-tip-cut': '' })

/** The same for a point in time, in both zones below `lead`: put into words only when it is asked for. */
export const tipAt = (at: number, lead = ''): { 'data-tip': string; 'data-tip-at': number } => ({
  'data-tip': lead,
  'data-tip-at': at,
})

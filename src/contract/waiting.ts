/**
 * Of each tunnel so many changes wait for an acknowledgement at most: the newest. Whoever acknowledges nothing
 * for a year would else have two thousand a tunnel looked through at each start and held for good.
 */
export const mostWaiting = 100

import { useState } from 'react'

/** Which element draws which row of a list? One whose row leaves may draw another, which costs less than a new one. */

type Seats = ReadonlyMap<string, number>

/**
 * Who stays keeps the seat. Who comes behind them takes one that is free; whoever comes in front does so only where
 * more come than stay: the browser would have to move all who stay. The seat of `heldId` is left to nobody.
 *
 * @param last who sat where
 * @param ids who is to sit, in order; none twice
 */
export function seated(last: Seats, ids: readonly string[], heldId: string | null): Seats {
  const here = new Set(ids)
  const free = [...last].filter(([id]) => !here.has(id) && id !== heldId).map(([, seat]) => seat)
  const stay = ids.filter((id) => last.has(id)).length
  const lastStaying = ids.findLastIndex((id) => last.has(id))
  let highest = Math.max(-1, ...last.values())
  const seatOf = (at: number) =>
    at > lastStaying || ids.length > 2 * stay ? (free.shift() ?? ++highest) : ++highest
  return new Map(ids.map((id, at) => [id, last.get(id) ?? seatOf(at)]))
}

/**
 * A key for each row, so that rows of the same kind hand their elements on.
 *
 * @param heldId the row that has the focus: its element goes with it, or a key would act on another row unseen
 */
export function useSeats(ids: readonly string[], heldId: string | null): Seats {
  const [last, setLast] = useState<Seats>(new Map())
  const seats = seated(last, ids, heldId)
  if (last.size !== seats.size || ids.some((id) => last.get(id) !== seats.get(id))) setLast(seats)
  return seats
}

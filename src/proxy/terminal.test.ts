import { beforeEach, expect, test } from 'vitest'
import { createVirtualTime } from './faults/time.ts'
import { watchTerminal } from './terminal.ts'

let open: number[]
let time: ReturnType<typeof createVirtualTime>
beforeEach(() => {
  time = createVirtualTime(0, () => true)
})
const watch = (fds: number[]) => {
  open = fds
  return watchTerminal({ isTerminal: (fd) => open.includes(fd), after: time.after })
}

test('a terminal that is closed takes along what was started in it, however long that has run', async () => {
  const terminal = watch([0, 1, 2])
  await time.run(86_400_000)
  expect(terminal.isHungUp()).toBe(false)
  open = []
  expect(terminal.isHungUp()).toBe(true)
})

test('as long as one of them is there, it is open', () => {
  const terminal = watch([0, 2])
  open = [2]
  expect(terminal.isHungUp()).toBe(false)
})

test('what outlives its terminal takes a SIGHUP for what it is anywhere else', async () => {
  const terminal = watch([0])
  open = []
  await time.run(60_000)
  expect(terminal.isHungUp()).toBe(false)
})

test('without a terminal there is none to be closed', () => {
  expect(watch([]).isHungUp()).toBe(false)
})

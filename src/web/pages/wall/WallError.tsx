import { useQueryErrorResetBoundary } from '@tanstack/react-query'
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { toProblem } from '#web/api/client.ts'
import { StatusShape } from '#web/ui/StatusMark.tsx'

const againSeconds = 10

/** What a wall shows when it can't show anything: why, and that it tries again without a hand. */
export function WallError({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const queries = useQueryErrorResetBoundary()
  const problem = toProblem(error)
  const [left, setLeft] = useState(againSeconds)
  useEffect(() => {
    const timer = setInterval(() => setLeft((seconds) => Math.max(0, seconds - 1)), 1000)
    return () => clearInterval(timer)
  }, [])
  useEffect(() => {
    if (left > 0) return
    queries.reset()
    reset()
    void router.invalidate()
  }, [left, queries, reset, router])
  return (
    <div
      role="alert"
      className="fixed inset-0 flex flex-col items-center justify-center gap-[2vh] bg-page p-[4vh] text-center text-[3vh]"
    >
      <StatusShape status="unknown" className="size-[10vh]" />
      <h1 className="text-[6vh] leading-tight font-semibold">{problem.title}</h1>
      <p className="max-w-[40em] text-ink-2">{problem.detail}</p>
      <p className="text-ink-2">
        Nothing is known of the tunnels at the moment. Trying again in {left} s.
      </p>
    </div>
  )
}

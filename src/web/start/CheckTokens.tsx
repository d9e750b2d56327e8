import type { TokenState } from '#contract/session.ts'
import { toProblem } from '#web/api/client.ts'
import { useCheckTokens } from '#web/api/fresh.ts'
import { Button } from '#web/ui/Button.tsx'
import { useOffers } from '#web/ui/offers.ts'

/** Has Cloudflare asked how the tokens fare, and says how that ended. */
export function CheckTokens() {
  const check = useCheckTokens()
  useOffers(() => [{ icon: 'refresh', words: 'Check the tokens again', run: () => check.mutate() }])
  return (
    <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1">
      <Button icon="refresh" busy={check.isPending} onClick={() => check.mutate()}>
        {check.isPending ? 'Asking Cloudflare…' : 'Check again'}
      </Button>
      <output className="min-w-0 flex-1 basis-60 text-ink-2">
        {check.isPending
          ? ''
          : check.error
            ? toProblem(check.error).detail
            : check.data
              ? outcomeOf(check.data.tokens, check.data.serverAt)
              : ''}
      </output>
    </div>
  )
}

/** How a check ended, of the token that fares worst. */
function outcomeOf(tokens: readonly TokenState[], at: number): string {
  const resting = tokens.find(({ lockedUntil }) => lockedUntil !== null && lockedUntil > at)
  if (resting) return 'Cloudflare refuses every call for a while, so nothing new was found out.'
  const worst = order
    .map((verdict) => tokens.find((token) => token.verdict === verdict))
    .find((token) => token !== undefined)
  return worst ? outcomes[worst.verdict] : ''
}

const order = [
  'rejected',
  'expired',
  'permission-missing',
  'unreachable',
  'works',
  'unchecked',
] as const satisfies readonly TokenState['verdict'][]

const outcomes: Record<TokenState['verdict'], string> = {
  rejected: 'Checked: Cloudflare does not take it.',
  expired: 'Checked: it has expired.',
  'permission-missing': 'Checked: a permission is missing.',
  unreachable: 'Cloudflare can’t be reached, so nothing was found out.',
  works: 'Checked: it works.',
  unchecked: 'Cloudflare has not answered yet.',
}

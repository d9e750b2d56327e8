import { type TokenPermission, type TokenState, tokenNames } from '#contract/session.ts'
import { toProblem } from '#web/api/client.ts'
import { useCheckTokens } from '#web/api/fresh.ts'
import { Button } from '#web/ui/Button.tsx'
import { Icon, type IconName } from '#web/ui/Icon.tsx'
import { useOffers } from '#web/ui/offers.ts'
import { TimeAgo } from '#web/ui/TimeAgo.tsx'

const looks: Record<TokenPermission['found'], { word: string; icon: IconName; ink: string }> = {
  granted: { word: 'has it', icon: 'check', ink: 'text-good' },
  missing: { word: 'lacks it', icon: 'close', ink: 'text-bad' },
  'not-known': { word: 'not known', icon: 'help', ink: 'text-unknown' },
}

/** What was found out of each token, permission by permission, and the way to find out anew. */
export function TokenCheck({ tokens }: { tokens: readonly TokenState[] }) {
  const check = useCheckTokens()
  useOffers(() => [{ icon: 'refresh', words: 'Check the tokens again', run: () => check.mutate() }])
  return (
    <div className="flex flex-col gap-3">
      {tokens.map((token) => (
        <div key={token.purpose}>
          <p className="font-medium">
            {tokenNames[token.purpose]}{' '}
            <span className="font-normal text-ink-2">
              {token.checkedAt === null ? (
                'not checked yet'
              ) : (
                <>
                  checked <TimeAgo at={token.checkedAt} />
                </>
              )}
            </span>
          </p>
          <ul>
            {token.permissions.map(({ group, found, sentence }) => (
              <li key={group} className="flex items-start gap-2 py-1">
                <Icon name={looks[found].icon} className={`mt-0.5 size-4 ${looks[found].ink}`} />
                <span>
                  {group}: <span className={looks[found].ink}>{looks[found].word}</span>
                  <span className="text-ink-2">. {sentence}</span>
                </span>
              </li>
            ))}
          </ul>
        </div>
      ))}
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

import { type PollerState, tokenNames } from '#contract/session.ts'
import { skewText } from '#web/fleet/notices.ts'
import { CheckTokens } from '#web/start/CheckTokens.tsx'
import { useClock } from '#web/ui/clock.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { bytesText, countText } from '#web/ui/numbers.ts'
import { Fact, Facts } from '#web/ui/Panel.tsx'
import { Elapsed, Moment, TimeAgo } from '#web/ui/TimeAgo.tsx'
import { countdownText, preciseText } from '#web/ui/time.ts'
import { budgetTone, type Told } from './PollerChip.tsx'

const stateSentences: Record<PollerState['state'], string> = {
  starting: 'Tandem is looking at the account for the first time.',
  running: 'Tandem is looking at the account all the time.',
  failing: 'The last looks at Cloudflare failed.',
  paused: 'Cloudflare is refusing calls for a while.',
  rejected: 'Cloudflare does not take the API token.',
}

/** The whole of how Tandem sees: its state, its calls, its tokens. */
export function PollerDetails({ poller, tokens, storeBytes }: Told) {
  const left = useClock((now) => (poller.until === null ? '' : countdownText(poller.until - now)))
  const { budget } = poller
  return (
    <div className="flex flex-col gap-4">
      <div>
        <p className="font-semibold">{stateSentences[poller.state]}</p>
        {poller.reason ? <p className="text-ink-2">{poller.reason}</p> : null}
      </div>
      <Facts>
        <Fact name="In this state for">
          <Elapsed at={poller.since} />
        </Fact>
        {left ? <Fact name="Tries again in">{left}</Fact> : null}
        <Fact name="Account listed">
          <TimeAgo at={poller.listedAt} none="not yet" />
        </Fact>
        <Fact name="Every tunnel seen">
          <TimeAgo at={poller.sweptAt} none="not yet" />
        </Fact>
        {poller.sweepMs === null ? null : (
          <Fact name="One sweep takes">{preciseText(poller.sweepMs)}</Fact>
        )}
        {poller.listIncompleteSince === null ? null : (
          <Fact name="Listing incomplete">
            since <Moment at={poller.listIncompleteSince} />
          </Fact>
        )}
        {poller.clockSkewMs === null ? null : (
          <Fact name="Server’s clock">{skewText(poller.clockSkewMs)} Cloudflare’s</Fact>
        )}
        {storeBytes === null ? null : <Fact name="History on disk">{bytesText(storeBytes)}</Fact>}
      </Facts>
      <div>
        <p className="flex items-baseline justify-between gap-2 font-medium">
          Calls in the last 5 minutes <span>{countText(budget.used)}</span>
        </p>
        <BudgetBar budget={budget} />
        <p className="mt-1.5 text-sm text-ink-2">
          Polling may use {countText(budget.polling)}, anything {countText(budget.hardStop)};
          Cloudflare allows {countText(budget.limit)}.
          {budget.remaining === null
            ? ''
            : ` Cloudflare says ${countText(budget.remaining)} are left.`}
        </p>
        {budget.neighbour ? (
          <p className="mt-1 text-sm text-warn">Somebody else is using calls of this token.</p>
        ) : null}
      </div>
      <ul className="flex flex-col gap-1.5">
        {tokens.map((token) => (
          <li key={token.purpose} className="flex items-start gap-2 text-sm">
            <Icon
              name={
                token.verdict === 'works'
                  ? 'check'
                  : token.verdict === 'unchecked'
                    ? 'clock'
                    : 'alert'
              }
              className={`mt-0.5 size-4 ${token.verdict === 'works' ? 'text-good' : token.verdict === 'unchecked' ? 'text-ink-3' : 'text-bad'}`}
            />
            <span>
              {tokenNames[token.purpose]}: {token.sentence}
              {token.expiresAt === null ? null : (
                <span className="text-ink-2">
                  {' '}
                  Expires <TimeAgo at={token.expiresAt} />.
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
      <CheckTokens />
    </div>
  )
}

function BudgetBar({ budget }: { budget: PollerState['budget'] }) {
  const at = (calls: number) => ({ left: `${(calls / budget.limit) * 100}%` })
  const tone = budgetTone(budget, 'bg-good')
  return (
    <div className="relative mt-2 h-2 rounded-full bg-page forced-color-adjust-none ring-1 ring-line ring-inset">
      <span
        className={`absolute inset-y-0 left-0 rounded-full ${tone}`}
        style={{ width: `${Math.min(100, (budget.used / budget.limit) * 100)}%` }}
      />
      <span className="absolute -inset-y-0.5 w-px bg-line-strong" style={at(budget.polling)} />
      <span className="absolute -inset-y-0.5 w-px bg-line-strong" style={at(budget.hardStop)} />
    </div>
  )
}

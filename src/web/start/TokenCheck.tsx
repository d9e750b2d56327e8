import { type TokenPermission, type TokenState, tokenNames } from '#contract/session.ts'
import { Icon, type IconName } from '#web/ui/Icon.tsx'
import { TimeAgo } from '#web/ui/TimeAgo.tsx'
import { CheckTokens } from './CheckTokens.tsx'

const looks: Record<TokenPermission['found'], { word: string; icon: IconName; ink: string }> = {
  granted: { word: 'has it', icon: 'check', ink: 'text-good' },
  missing: { word: 'lacks it', icon: 'close', ink: 'text-bad' },
  'not-known': { word: 'not known', icon: 'help', ink: 'text-unknown' },
}

/** What was found out of each token, permission by permission, and the way to find out anew. */
export function TokenCheck({ tokens }: { tokens: readonly TokenState[] }) {
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
      <CheckTokens />
    </div>
  )
}

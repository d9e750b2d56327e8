import { useState } from 'react'
import type { WhoMethod } from '#contract/session.ts'
import { kindOf, toProblem } from '#web/api/client.ts'
import { useSessionLook, useSignInAgain } from '#web/api/sign-in.ts'
import { FormDialog } from '#web/ui/FormDialog.tsx'
import { CodeField } from './CodeField.tsx'
import { oidcAddress } from './oidc-address.ts'
import { PasswordField } from './PasswordField.tsx'

type Props = { name: string; onSettled: (isProved: boolean) => void }

/** Proves once more who is there; what was asked for goes on by itself. */
export function SignInAgainDialog({ method, ...props }: Props & { method: WhoMethod }) {
  return method === 'oidc' || method === 'access' ? (
    <AgainElsewhere method={method} {...props} />
  ) : (
    <AgainHere {...props} />
  )
}

/**
 * Whom others vouch for proves it to them, in another tab: this one keeps what was typed, and goes on with
 * the same session.
 */
function AgainElsewhere({ method, name, onSettled }: Props & { method: 'oidc' | 'access' }) {
  const isOidc = method === 'oidc'
  const look = useSessionLook()
  const problem = look.error ? toProblem(look.error) : null
  return (
    <FormDialog
      title="Sign in once more"
      description={
        <>
          Your last sign-in as <bdi>{name}</bdi> is too long ago for this. What you asked for was
          not done yet.
        </>
      }
      size="sm"
      submit="Go on"
      busyLabel="Checking…"
      busy={look.isPending}
      // What waits goes out once: not before there is somebody to send it for.
      problem={
        problem && kindOf(problem) === 'sign-in-needed' ? { ...problem, ...notYet } : problem
      }
      onSubmit={() => look.mutate(undefined, { onSuccess: () => onSettled(true) })}
      onClose={() => onSettled(false)}
    >
      <ol className="flex list-decimal flex-col gap-2 pl-5">
        <li>
          <a
            href={isOidc ? oidcAddress('/', true) : '/cdn-cgi/access/logout'}
            target="_blank"
            rel="noreferrer"
            className="text-accent-text underline"
          >
            {isOidc ? 'Sign in at your organisation' : 'Sign out of Cloudflare Access'}
          </a>{' '}
          in a new tab{isOidc ? '' : ', then open Tandem there and sign in'}.
        </li>
        <li>Come back to this tab and choose “Go on”.</li>
      </ol>
    </FormDialog>
  )
}

const notYet = {
  title: 'You are not signed in yet',
  detail: 'Sign in in the other tab first. What you asked for waits here.',
}

function AgainHere({ name, onSettled }: Props) {
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [needsCode, setNeedsCode] = useState(false)
  const again = useSignInAgain()
  const problem = again.error ? toProblem(again.error) : null
  const fault = problem !== null && kindOf(problem) === 'code-needed' ? null : problem
  const reason =
    password === ''
      ? 'Type your password.'
      : needsCode && code.trim() === ''
        ? 'Type the code.'
        : null
  return (
    <FormDialog
      title="Sign in once more"
      description={
        <>
          Your last sign-in as <bdi>{name}</bdi> is too long ago for this. What you asked for was
          not done yet; it goes on afterwards.
        </>
      }
      size="sm"
      submit="Go on"
      busyLabel="Checking…"
      busy={again.isPending}
      problem={fault}
      fields={needsCode ? ['code'] : []}
      disabledReason={reason}
      onSubmit={() =>
        again.mutate(
          { password, ...(needsCode ? { code } : {}) },
          {
            onSuccess: () => onSettled(true),
            onError: (error) => {
              if (kindOf(toProblem(error)) === 'code-needed') setNeedsCode(true)
            },
          },
        )
      }
      onClose={() => onSettled(false)}
    >
      <PasswordField error={null} value={password} onChange={setPassword} />
      {needsCode ? (
        <CodeField
          error={fault?.field === 'code' ? fault.detail : null}
          value={code}
          onChange={setCode}
        />
      ) : null}
    </FormDialog>
  )
}

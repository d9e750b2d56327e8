import { useSuspenseQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { kindOf, toProblem } from '#web/api/client.ts'
import { sessionQuery } from '#web/api/queries.ts'
import { useSignIn } from '#web/api/sign-in.ts'
import { CodeField } from '#web/identity/CodeField.tsx'
import { PasswordField } from '#web/identity/PasswordField.tsx'
import { ownAddress } from '#web/identity/return-to.ts'
import { Field, Input } from '#web/ui/Field.tsx'
import { Name } from '#web/ui/Name.tsx'
import { Elsewhere, Refused } from './Elsewhere.tsx'
import { EntryForm, EntryFrame } from './EntryFrame.tsx'

export function SignInPage() {
  const { returnTo, refused } = useSearch({ from: '/sign-in' })
  const { data: session } = useSuspenseQuery(sessionQuery)
  const { me, signIn } = session
  const { methods, needsSetup } = signIn
  return (
    <EntryFrame title="Sign in">
      <Refused kind={refused} />
      {me ? (
        <p className="text-ink-2">
          You are {refused ? 'still ' : ''}signed in as <Name name={me.name} />.{' '}
          <a href={ownAddress(returnTo)} className="text-accent-text underline">
            Open Tandem
          </a>
        </p>
      ) : null}
      {methods.includes('local') ? <PasswordForm returnTo={returnTo} /> : null}
      <Elsewhere methods={methods} returnTo={ownAddress(returnTo)} isIn={me !== null} />
      {methods.includes('local') ? (
        <p className="text-sm text-ink-2">
          Password lost? An admin can reset it and gives you a link; on the server it is{' '}
          <code className="font-mono whitespace-nowrap">npm run people -- reset NAME</code>.
        </p>
      ) : null}
      {needsSetup ? (
        <p className="text-sm text-ink-2">
          No admin can sign in.{' '}
          <Link to="/setup" className="text-accent-text underline">
            Make one
          </Link>{' '}
          with the code from Tandem’s log.
        </p>
      ) : null}
      <p className="text-sm text-ink-2">
        Is this a screen on a wall?{' '}
        <Link to="/screen" className="text-accent-text underline">
          Show a pairing code
        </Link>
      </p>
    </EntryFrame>
  )
}

function PasswordForm({ returnTo }: { returnTo: string | undefined }) {
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [needsCode, setNeedsCode] = useState(false)
  const signIn = useSignIn()
  const problem = signIn.error ? toProblem(signIn.error) : null
  const asksForCode = problem !== null && kindOf(problem) === 'code-needed'
  // Asking is not a fault: the field with its hint says it.
  const fault = asksForCode ? null : problem
  const reason =
    name.trim() === ''
      ? 'Type your name.'
      : password === ''
        ? 'Type your password.'
        : needsCode && code.trim() === ''
          ? 'Type the code.'
          : null
  return (
    <EntryForm
      submit="Sign in"
      busyLabel="Signing in…"
      busy={signIn.isPending || signIn.isSuccess}
      problem={fault}
      fields={needsCode ? ['code'] : []}
      disabledReason={reason}
      onSubmit={() =>
        signIn.mutate(
          { name, password, ...(needsCode ? { code } : {}) },
          {
            // The whole page anew: nothing of the time before is left in it.
            onSuccess: () => window.location.replace(ownAddress(returnTo)),
            onError: (error) => {
              if (kindOf(toProblem(error)) === 'code-needed') setNeedsCode(true)
            },
          },
        )
      }
    >
      <Field label="Name">
        {(control) => (
          <Input
            {...control}
            dir="auto"
            autoComplete="username"
            autoCapitalize="none"
            maxLength={64}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <PasswordField error={null} value={password} onChange={setPassword} />
      {needsCode ? (
        <CodeField
          error={fault?.field === 'code' ? fault.detail : null}
          value={code}
          onChange={setCode}
        />
      ) : null}
    </EntryForm>
  )
}

import { useSuspenseQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { toProblem } from '#web/api/client.ts'
import { sessionQuery } from '#web/api/queries.ts'
import { useSetUp } from '#web/api/sign-in.ts'
import { maySignIn } from '#web/identity/may-sign-in.ts'
import { newPasswordHint, PasswordField, whyNotPassword } from '#web/identity/PasswordField.tsx'
import { Field, Input } from '#web/ui/Field.tsx'
import { EntryForm, EntryFrame } from './EntryFrame.tsx'

/** The first start: whoever can read the server's log makes the first admin. */
export function SetupPage() {
  const { data: session } = useSuspenseQuery(sessionQuery)
  const { onlySetup } = session.signIn
  const [code, setCode] = useState('')
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const setUp = useSetUp()
  const problem = setUp.error ? toProblem(setUp.error) : null
  const errorOf = (field: string) => (problem?.field === field ? problem.detail : null)
  const reason =
    code.trim() === ''
      ? 'Type the code from the log.'
      : name.trim() === ''
        ? 'Choose a name.'
        : whyNotPassword(password)
  return (
    <EntryFrame title="Set Tandem up">
      <p className="text-ink-2">
        {onlySetup ? 'Nobody can sign in yet.' : 'No admin can sign in.'} Make the first admin;
        everybody else is invited by one.
      </p>
      <EntryForm
        submit="Make the first admin"
        busyLabel="Making…"
        busy={setUp.isPending || setUp.isSuccess}
        problem={problem}
        fields={['code', 'name', 'password']}
        disabledReason={reason}
        onSubmit={() =>
          setUp.mutate({ code, name, password }, { onSuccess: () => window.location.replace('/') })
        }
      >
        <Field
          label="Set-up code"
          hint={
            <>
              It is in Tandem’s log and in the file <span className="font-mono">setup-code</span> of
              its data folder.
            </>
          }
          error={errorOf('code')}
        >
          {(control) => (
            <Input
              {...control}
              autoCapitalize="characters"
              maxLength={64}
              value={code}
              className="font-mono"
              onChange={(event) => setCode(event.target.value)}
            />
          )}
        </Field>
        <Field label="Your name" error={errorOf('name')}>
          {(control) => (
            <Input
              {...control}
              dir="auto"
              autoComplete="username"
              maxLength={64}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <PasswordField
          isNew
          hint={newPasswordHint}
          error={errorOf('password')}
          value={password}
          onChange={setPassword}
        />
      </EntryForm>
      {maySignIn(session) ? (
        <p className="text-sm text-ink-2">
          Is there a way in for you already?{' '}
          <Link to="/sign-in" className="text-accent-text underline">
            Sign in
          </Link>
        </p>
      ) : null}
    </EntryFrame>
  )
}

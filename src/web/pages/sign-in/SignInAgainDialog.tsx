import { useState } from 'react'
import { kindOf, toProblem } from '#web/api/client.ts'
import { useSignInAgain } from '#web/api/sign-in.ts'
import { FormDialog } from '#web/ui/FormDialog.tsx'
import { CodeField } from './CodeField.tsx'
import { PasswordField } from './PasswordField.tsx'

/** Proves once more who is there; what was asked for goes on by itself. */
export function SignInAgainDialog({
  name,
  onSettled,
}: {
  name: string
  onSettled: (isProved: boolean) => void
}) {
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [needsCode, setNeedsCode] = useState(false)
  const again = useSignInAgain()
  const problem = again.error ? toProblem(again.error) : null
  const fault = problem !== null && kindOf(problem) === 'code-needed' ? null : problem
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
      disabledReason={password === '' ? 'Type your password.' : null}
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

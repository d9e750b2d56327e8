import { type PersonRole, personRoles } from '#contract/people.ts'
import { roleMeanings } from '#web/identity/words.ts'
import { RadioCards } from '#web/ui/Field.tsx'

const titles: Record<PersonRole, string> = {
  viewer: 'Viewer',
  operator: 'Operator',
  admin: 'Admin',
}

export function RoleCards({
  value,
  onChange,
}: {
  value: PersonRole
  onChange: (role: PersonRole) => void
}) {
  return (
    <RadioCards
      legend="Role"
      name="role"
      value={value}
      onChange={onChange}
      cards={personRoles.map((role) => ({
        value: role,
        title: titles[role],
        hint: roleMeanings[role],
      }))}
    />
  )
}

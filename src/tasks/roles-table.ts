import { type Operation, operations, type Role, roles } from '#contract/operations.ts'

/** Who may do what? docs/roles.md as text, made of the table of operations. Pure. */
export function toRolesTable(): string {
  const rows = Object.values(operations as Record<string, Operation>)
    .filter(({ role }) => role !== 'anyone')
    .toSorted((a, b) => rankOf(a.role) - rankOf(b.role))
    .map(toRow)
  const open = Object.values(operations as Record<string, Operation>)
    .filter(({ role }) => role === 'anyone')
    .map(({ summary }) => `| ${summary} |`)
  return `# What each role can do

Made by \`npm run roles\` from \`src/contract/operations.ts\`, which the proxy's guard, the page's buttons and the
OpenAPI document read as well; a test fails when it is no longer true. ● may · ○ own records only · ⏱ needs a recent
sign-in

| What | Screen | Viewer | Operator | Admin |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

Without signing in:

| What |
| --- |
${open.join('\n')}
`
}

const rankOf = (role: Operation['role']) => roles.indexOf(role as Role)

function toRow({ summary, role, own, recent }: Operation): string {
  const marks = roles.map((each) => {
    if (rankOf(each) < rankOf(role)) return ''
    if (own && each !== 'admin') return '○'
    return recent ? '● ⏱' : '●'
  })
  return `| ${summary} | ${marks.join(' | ')} |`
}

import { type Operation, type OperationId, operations } from '#contract/operations.ts'
import { type Role, roles } from '#contract/roles.ts'
import { summaries } from '#contract/summaries.ts'

/** Who may do what? docs/roles.md as text, made of the table of operations. Pure. */
export function toRolesTable(): string {
  const all = Object.entries(operations as Record<OperationId, Operation>).map(
    ([id, operation]) => ({ ...operation, summary: summaries[id as OperationId] }),
  )
  const rows = all
    .filter(({ role }) => role !== 'anyone')
    .toSorted((a, b) => rankOf(a.role) - rankOf(b.role))
    .map(toRow)
  const open = all.filter(({ role }) => role === 'anyone').map(({ summary }) => `| ${summary} |`)
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

function toRow({ summary, role, own, recent }: Operation & { summary: string }): string {
  const marks = roles.map((each) => {
    if (rankOf(each) < rankOf(role)) return ''
    if (own && each !== 'admin') return '○'
    return recent ? '● ⏱' : '●'
  })
  return `| ${summary} | ${marks.join(' | ')} |`
}

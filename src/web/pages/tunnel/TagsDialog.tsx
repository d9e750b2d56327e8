import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { changedTags } from '#contract/tags.ts'
import type { TunnelDetail } from '#contract/tunnel.ts'
import { toProblem } from '#web/api/client.ts'
import { useTunnelTag, useWhyNot } from '#web/api/operations.ts'
import { tunnelsQuery } from '#web/api/queries.ts'
import { tagsInUse } from '#web/fleet/tags.ts'
import { FormDialog } from '#web/ui/FormDialog.tsx'
import { TagsField, useTagDraft } from '#web/ui/TagsField.tsx'

/** Labels the tunnel. What others change meanwhile comes in at once, and nobody's change undoes another's. */
export function TagsDialog({ tunnel, onClose }: { tunnel: TunnelDetail; onClose: () => void }) {
  const { data: list } = useQuery(tunnelsQuery)
  const inUse = useMemo(() => tagsInUse(list?.tunnels ?? []), [list])
  const [wanted, setWanted] = useState({ add: [] as string[], remove: [] as string[] })
  const tagging = useTunnelTag(tunnel.id)
  const notAllowed = useWhyNot('tunnelTag')
  const problem = tagging.error ? toProblem(tagging.error) : null
  // Tags that are wrong are told by their place, `add.0`.
  const isAboutTags = problem?.field?.startsWith('add') === true

  const tags = changedTags(tunnel.tags, wanted)
  const choose = (next: readonly string[]) => {
    setWanted(changeTo(next))
    if (problem) tagging.reset()
  }
  const changeTo = (next: readonly string[]) => ({
    add: next.filter((tag) => !tunnel.tags.includes(tag)),
    remove: tunnel.tags.filter((tag) => !next.includes(tag)),
  })
  const draft = useTagDraft(tags, choose)
  const { add, remove } = changeTo(tags)
  const isSame = add.length + remove.length === 0 && draft.text.trim() === ''

  const submit = () => {
    const next = draft.take()
    if (!next) return
    const change = changeTo(next)
    if (change.add.length + change.remove.length === 0) onClose()
    else tagging.mutate(change, { onSuccess: onClose })
  }
  return (
    <FormDialog
      title="Edit tags"
      description="Tandem’s own labels, to find, filter and group tunnels by. Cloudflare does not see them."
      submit="Save tags"
      busyLabel="Saving…"
      busy={tagging.isPending}
      problem={isAboutTags ? null : problem}
      disabledReason={notAllowed ?? (isSame ? 'Nothing is changed.' : null)}
      goneAt={tunnel.deletedAt}
      onSubmit={submit}
      onClose={onClose}
    >
      <TagsField
        label="Tags"
        hint="A word, or a key and its value: “site:london”, “team:network”. Enter or a comma adds one."
        error={isAboutTags ? problem.detail : null}
        tags={tags}
        inUse={inUse}
        draft={draft}
        onChange={choose}
      />
    </FormDialog>
  )
}

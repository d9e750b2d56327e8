import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import * as z from 'zod/mini'
import { type Configuration, type HaMode, haModes, type TunnelDetail } from '#contract/tunnel.ts'
import { ConfigurationChange } from '#contract/tunnel-requests.ts'
import { toProblem } from '#web/api/client.ts'
import { useCheckConfiguration } from '#web/api/fresh.ts'
import { useConfigurationPut, useWhyNot } from '#web/api/operations.ts'
import { configurationQuery } from '#web/api/queries.ts'
import { Callout } from '#web/ui/Callout.tsx'
import { Field, Input, RadioCards, Textarea } from '#web/ui/Field.tsx'
import { FormDialog } from '#web/ui/FormDialog.tsx'
import { Name } from '#web/ui/Name.tsx'
import { haModeLooks } from './ha-modes.ts'
import { isSameVips, readVips, vipsToCleanUp } from './vips.ts'

/** How the site's own address follows a failover. Read afresh when it opens: it rests on what holds now. */
export function ConfigurationDialog({
  tunnel,
  onClose,
}: {
  tunnel: TunnelDetail
  onClose: () => void
}) {
  const { data: configuration } = useQuery({
    ...configurationQuery(tunnel.id),
    enabled: tunnel.deletedAt === null,
  })
  const check = useCheckConfiguration(tunnel.id)
  const { mutate: checkNow } = check
  useEffect(() => checkNow(), [checkNow])
  // Until the fresh answer is here, what somebody chose must not be built on an older one.
  const settled = check.isSuccess || check.isError
  return (
    <Form
      key={settled ? 'settled' : 'reading'}
      tunnel={tunnel}
      configuration={configuration ?? null}
      reading={!settled}
      readProblem={check.error ? toProblem(check.error).detail : null}
      onClose={onClose}
    />
  )
}

function Form({
  tunnel,
  configuration,
  reading,
  readProblem,
  onClose,
}: {
  tunnel: TunnelDetail
  configuration: Configuration | null
  reading: boolean
  readProblem: string | null
  onClose: () => void
}) {
  const [haMode, setHaMode] = useState<HaMode | null>(configuration?.haMode ?? null)
  const [fnrId, setFnrId] = useState(configuration?.fnrId ?? '')
  const [vipsText, setVipsText] = useState(configuration?.vips.join('\n') ?? '')
  const [tried, setTried] = useState(false)
  const put = useConfigurationPut(tunnel.id)
  const problem = put.error ? toProblem(put.error) : null
  const notAllowed = useWhyNot('configurationPut')

  const before = configuration ?? { vips: [], vipsPrevious: [] }
  const vips = readVips(vipsText)
  const cleanUp = vipsToCleanUp(before, vips)
  const change = haMode === null ? null : toChange(haMode, fnrId.trim(), vips, cleanUp)
  const wrong = change && haMode ? wrongWith(change) : null
  const notReported = configuration !== null && !configuration.reported
  const reason =
    notAllowed ??
    (reading ? 'Still reading what holds now.' : null) ??
    (notReported ? 'Cloudflare does not offer this on the account.' : null) ??
    (haMode === null ? 'Choose a mode.' : null) ??
    (change && isSame(change, configuration) ? 'This is what holds already.' : null)

  const submit = () => {
    setTried(true)
    if (change && !wrong) put.mutate(change, { onSuccess: onClose })
  }
  return (
    <FormDialog
      title={
        <>
          HA configuration of <Name name={tunnel.name} />
        </>
      }
      description="On Cloudflare’s network the standby takes over in any mode but Disabled. This says how the site’s own traffic follows."
      submit="Save configuration"
      busyLabel="Saving…"
      busy={put.isPending}
      problem={problem}
      fields={['fnrId']}
      disabledReason={reason}
      goneAt={tunnel.deletedAt}
      onSubmit={submit}
      onClose={onClose}
    >
      {notReported ? (
        <Callout tone="warn" title="Not reported">
          Cloudflare does not offer the HA configuration on this account yet, so there is nothing to
          change here.
        </Callout>
      ) : null}
      {readProblem ? (
        <Callout tone="warn" title="What holds now could not be read">
          {readProblem} Saving replaces whatever is set.
        </Callout>
      ) : null}
      {configuration?.haModeReported ? (
        <Callout
          tone="warn"
          title={`Cloudflare reports the mode “${configuration.haModeReported}”`}
        >
          Tandem does not know it. Saving replaces it.
        </Callout>
      ) : null}
      {/* What was filled in before the answer is here would be gone with it. */}
      <fieldset disabled={reading} className="contents">
        <RadioCards
          legend="Mode"
          name="ha-mode"
          value={haMode}
          onChange={setHaMode}
          cards={haModes.map((mode) => ({
            value: mode,
            title: `${haModeLooks[mode].word} — ${haModeLooks[mode].meaning.toLowerCase().replace('ha', 'HA')}`,
            hint: haModeLooks[mode].long,
            disabledReason: notReported ? 'Not offered on this account.' : null,
          }))}
        />
        {haMode === 'disabled' &&
        configuration?.haMode !== 'disabled' &&
        tunnel.standbyCount > 0 ? (
          <Callout tone="warn" title="Without HA nobody takes over">
            If the active connector is lost, so is the site, although{' '}
            {tunnel.standbyCount === 1
              ? '1 standby is connected'
              : `${tunnel.standbyCount} standbys are connected`}
            .
          </Callout>
        ) : null}
        {haMode === 'aws' ? (
          <Field
            label="Network interface"
            hint="The AWS interface that the active connector takes over, e.g. eni-0123456789abcdef0."
            error={problem?.field === 'fnrId' ? problem.detail : tried ? wrong : null}
          >
            {(control) => (
              <Input
                {...control}
                className="font-mono"
                value={fnrId}
                onChange={(event) => setFnrId(event.target.value)}
              />
            )}
          </Field>
        ) : null}
        {haMode === 'local' ? (
          <Field
            label="Virtual addresses"
            hint="One to eight IPv4 or IPv6 addresses of the site’s network, one a line."
            error={tried ? wrong : null}
          >
            {(control) => (
              <Textarea
                {...control}
                rows={3}
                value={vipsText}
                onChange={(event) => setVipsText(event.target.value)}
              />
            )}
          </Field>
        ) : null}
      </fieldset>
      {haMode === 'local' && cleanUp.length > 0 ? (
        <p className="text-sm text-ink-2">
          The connectors are told to give up{' '}
          <span className="font-mono text-ink">{cleanUp.join(', ')}</span>.
        </p>
      ) : null}
    </FormDialog>
  )
}

function toChange(
  haMode: HaMode,
  fnrId: string,
  vips: string[],
  vipsPrevious: string[],
): ConfigurationChange {
  switch (haMode) {
    case 'aws':
      return { haMode, fnrId }
    case 'local':
      return { haMode, vips, ...(vipsPrevious.length > 0 ? { vipsPrevious } : {}) }
    default:
      return { haMode }
  }
}

/** Whether saving would change nothing. What could not be read counts as different. */
function isSame(change: ConfigurationChange, configuration: Configuration | null): boolean {
  if (configuration === null || change.haMode !== configuration.haMode) return false
  if (change.haMode === 'aws') return change.fnrId === configuration.fnrId
  return change.haMode !== 'local' || isSameVips(change.vips, configuration.vips)
}

/** The contract's own words for what is wrong, as a sentence; null when nothing is. */
function wrongWith(change: ConfigurationChange): string | null {
  const result = z.safeParse(ConfigurationChange, change)
  if (result.success) return null
  const issue = result.error.issues[0]
  const [field, at] = issue?.path ?? []
  const bad =
    field === 'vips' && typeof at === 'number' && 'vips' in change ? change.vips[at] : null
  return `${bad ? `“${bad}”` : 'This'} ${issue?.message ?? 'is not valid'}.`
}

import { expect, test } from 'vitest'
import { parseTag } from '#contract/tags.ts'
import { demoTagsOf } from './demo-tags.ts'

test('the demo’s tunnels have the tags that their names tell', () => {
  expect(demoTagsOf('lon-branch-core')).toEqual(['site:london', 'team:network'])
  expect(demoTagsOf('ams-hub-transit')).toEqual(['critical', 'site:amsterdam', 'team:network'])
  expect(demoTagsOf('東京-支社-gw')).toEqual(['site:東京', 'team:branches'])
  expect(demoTagsOf('sfo-lab-poc')).toEqual([])
  expect(demoTagsOf('gru-plant-scada-0012')).toEqual(['site:são-paulo', 'team:plants'])
  expect(demoTagsOf('constructor-__proto__')).toEqual([])
  for (const name of ['gru-x-core', '東京-gw'])
    for (const tag of demoTagsOf(name)) expect(parseTag(tag)).toEqual({ tag })
})

import { demo } from './demo.ts'
import { docs } from './docs.ts'
import { empty } from './empty.ts'
import { large } from './large.ts'
import { outage } from './outage.ts'

export const scenes = { demo, empty, large, outage, docs }
export type SceneName = keyof typeof scenes

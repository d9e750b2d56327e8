import type { TestProject } from 'vitest/node'
import { bundle } from '../proxy/survival/bundle.ts'

/** Before the unit tests: those that need Tandem or its opponents as processes must not wait for the build. */

const programs = {
  proxy: 'src/proxy/main.ts',
  simulator: 'src/simulator/main.ts',
  writer: 'src/proxy/survival/writer.ts',
  people: 'src/tasks/people.ts',
  backup: 'src/tasks/backup.ts',
  audit: 'src/tasks/audit.ts',
}

export async function setup(project: TestProject) {
  await bundle(programs)
  project.onTestsRerun(() => bundle(programs))
}

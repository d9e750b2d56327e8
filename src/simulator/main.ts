import { readCommand, usage } from './options.ts'
import { startSimulator } from './server.ts'

/** Starts the simulator from the command line: the only file in here with effects on import. */

const command = readCommand(process.argv.slice(2))
if (command.kind === 'help') {
  process.stdout.write(usage)
} else if (command.kind === 'wrong') {
  process.stderr.write(`simulator: ${command.message}\n`)
  process.exitCode = 1
} else {
  await run(command.options, command.parentPipe)
}

async function run(options: Parameters<typeof startSimulator>[0], parentPipe: boolean) {
  const simulator = await startSimulator(options).catch((error: unknown) => {
    process.stderr.write(`simulator: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  })
  const stop = () => {
    void simulator.close().then(() => process.exit(0))
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  if (parentPipe) {
    // A parent that is killed can't say goodbye, but its end of the pipe closes.
    process.stdin.resume()
    process.stdin.once('end', stop)
    process.stdin.once('error', stop)
  }
  process.stdout.write(`${JSON.stringify(simulator.ready)}\n`)
}

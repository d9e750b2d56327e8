import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system of its own that is as small as it is told, and can be filled to the last byte. */
export type SmallDisk = {
  folder: string
  fill: () => void
  free: () => void
  /** Makes it one that takes nothing from anybody, root included, or takes that back. */
  refuse: (is: boolean) => void
  end: () => void
}

/** @returns null where nothing may be mounted, which only root may. */
export function mountSmallDisk(megabytes: number): SmallDisk | null {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tandem-test', folder], {
      stdio: 'ignore',
    })
  } catch {
    rmSync(folder, { recursive: true })
    return null
  }
  const filler = join(folder, 'filler')
  return {
    folder,
    fill() {
      const file = openSync(filler, 'w')
      try {
        while (statfsSync(folder).bavail > 0) writeSync(file, Buffer.alloc(4096))
      } catch (error) {
        // Somebody else took the last page: that is what was wanted.
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
      } finally {
        closeSync(file)
      }
    },
    free: () => rmSync(filler),
    refuse: (is) =>
      void execFileSync('mount', ['-o', `remount,${is ? 'ro' : 'rw'}`, folder], {
        stdio: 'ignore',
      }),
    end() {
      execFileSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true })
    },
  }
}

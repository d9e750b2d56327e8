import { availableParallelism } from 'node:os'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

/** What Tailwind sends for browsers that do not know `@property`; README names the first ones that do all we need. */
const fallbacks = /@layer properties\{@supports [^{]+\{[^{]+\{[^}]+\}\}\}/
/** And for those that mix no colours: the plain colour first, and the mixed one on a condition. */
const unmixed =
  /([{;])([\w-]+):[^;{}]+\}@supports \(color:color-mix\(in lab, red, red\)\)\{[^{}]+\{\2:([^{}]+)\}\}/g

/** Takes out of the page's files what nobody needs: they are sent before anything is drawn. */
const lean: Plugin = {
  name: 'lean',
  apply: 'build',
  enforce: 'post',
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type !== 'asset' || !file.fileName.endsWith('.css')) continue
      const text = String(file.source)
      if (!fallbacks.test(text) || text.search(unmixed) < 0)
        throw new Error('The style sheet has no fallbacks to leave out.')
      file.source = text.replace(fallbacks, '').replace(unmixed, '$1$2:$3}')
    }
  },
}

/**
 * One build for all programs: the page (dist/web), the proxy, the simulator and the host's commands (dist/*.js).
 * `vite build --app` makes them all; `vite` alone serves the page and hands /api to a running proxy.
 */
export default defineConfig({
  plugins: [react(), tailwindcss(), lean],
  // React has had it itself since version 18; the router's store brings a stand-in for older ones.
  resolve: {
    alias: {
      'use-sync-external-store/shim/with-selector': 'use-sync-external-store/with-selector',
    },
  },
  environments: {
    client: {
      build: {
        outDir: 'dist/web',
        // Inlined assets become data: URLs, which the Content-Security-Policy refuses.
        assetsInlineLimit: 0,
        reportCompressedSize: false,
        // Every browser that can show the page knows `modulepreload` by itself.
        modulePreload: { polyfill: false },
        // Which file was made of which source: `routes/ahead.ts` reads it.
        manifest: true,
        rolldownOptions: {
          // Schemas are values: one that no page reads is left out, checks and all.
          treeshake: { manualPureFunctions: ['z'] },
          output: {
            // Without names, which the manifest has: the first piece lists the files of all that may follow.
            chunkFileNames: 'assets/[hash].js',
            // What every page begins with comes in one piece: left alone it would be a dozen, each asked for
            // by itself and compressed without the others' words. So do what list, wall and pages all draw, what
            // stands around every page but the wall, what the pages of one subject share, their histories, the list with what is
            // done to it, and a wall.
            // Schemas wait for the dialogs that check what is typed.
            codeSplitting: {
              groups: [
                { name: 'schemas', test: /\/node_modules\/zod\// },
                { name: 'common', tags: ['$initial'] },
                {
                  name: 'marks',
                  test: /\/src\/web\/(?:ui\/(?:StatusMark|RoleShape|readiness|Icon|Name|page-title|theme|numbers|root-size)|charts\/(?:Strip|use-stable|use-recent)|fleet\/(?:headline|hear|filter|notices|page-icon|use-stale-ids))\.tsx?$|\/react-query\/.*\/useQuery\.js$/,
                },
                {
                  name: 'sentence',
                  test: /\/src\/(?:web\/(?:ui\/sentence|failover\/reached)|contract\/event-sentence)\.ts$/,
                },
                {
                  name: 'shell',
                  test: /\/src\/web\/(?:shell\/Shell|fleet\/saved-views|api\/(?:address-text|dialog-address)|failover\/reason|ui\/(?:offers|refusal|home|Place|place|ReadinessMark|RoleMark|TagText|Term|TooltipLayer)|charts\/percent)\.tsx?$/,
                },
                {
                  name: 'subject',
                  test: /\/src\/web\/(?:ui\/(?:CopyId|EmptyState|Field|NewTabLink|Panel|Stat|Table|VersionText)|failover\/order|history\/HistoryRoom|charts\/plot|marks\/words)\.tsx?$/,
                },
                {
                  name: 'history',
                  test: /\/src\/web\/(?:history\/(?:HistorySection|Figures|use-history)|charts\/(?:cursor|precision|ticks|RangePicker|use-range)|marks\/(?:MarkView|MarksRail|MarksTable|clusters)|ui\/(?:Segmented|time-field))\.tsx?$/,
                },
                {
                  name: 'list',
                  test: /\/src\/web\/pages\/tunnels\/(?:rows|look)\.tsx?$/,
                },
                {
                  name: 'wall',
                  test: /\/src\/web\/pages\/wall\/(?:WallPage|layout|chosen)\.tsx?$/,
                },
              ],
            },
          },
        },
      },
    },
    ssr: {
      // Native modules stay outside; everything else goes into one file so that the start is quick.
      resolve: { noExternal: true, external: ['better-sqlite3'] },
      build: {
        outDir: 'dist',
        copyPublicDir: false,
        emptyOutDir: false,
        target: 'node20',
        ssr: true,
        rollupOptions: {
          input: {
            proxy: 'src/proxy/main.ts',
            simulator: 'src/simulator/main.ts',
            // The host's commands, for where there is no source to run them from: in a container.
            people: 'src/tasks/people.ts',
            backup: 'src/tasks/backup.ts',
            audit: 'src/tasks/audit.ts',
          },
          output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
        },
      },
    },
  },
  builder: {
    async buildApp(builder) {
      for (const name of ['client', 'ssr']) {
        const environment = builder.environments[name]
        if (environment) await builder.build(environment)
      }
    },
  },
  server: {
    port: 5173,
    proxy: {
      // The Host stays the page's own: the proxy refuses writes whose Origin is another.
      '/api': { target: process.env.TANDEM_PROXY ?? 'http://127.0.0.1:8787', changeOrigin: false },
    },
  },
  test: {
    include: ['src/**/*.test.{ts,tsx}'],
    globalSetup: 'src/tasks/bundle-programs.ts',
    testTimeout: 60_000,
    // Modules are read once a worker, not once a file: that was a fifth of the time. Who moves a module's state or
    // the clock puts it back.
    isolate: false,
    // One more than there are processors in CI: some tests wait for disks, processes and time.
    maxWorkers: availableParallelism() + 1,
  },
})

import type { Page } from './page.ts'

/**
 * What will the page at an address need first? The browser is told with the document itself (`Link` headers)
 * and fetches all of it at once, instead of learning of each piece from the piece before: document, program,
 * its router, the page's own code, then its data.
 */
type Ahead = (path: string, mayAsk: boolean, isTold?: boolean) => string

/** Where the build writes which file was made of which source. */
export const manifestPath = '/.vite/manifest.json'

type Chunk = { file: string; imports?: string[]; css?: string[] }
type Manifest = Record<string, Chunk>

/** For each address that people open: the code of its page, and the questions that `router.tsx` asks for it. */
const pages: readonly { address: RegExp; code: string; data?: (path: string) => string[] }[] = [
  { address: /^\/$/, code: 'tunnels/TunnelsPage.tsx', data: () => ['/api/tunnels'] },
  {
    // Only ids: a header takes no other letters.
    address: /^\/tunnels\/[\da-f-]{36}$/,
    code: 'tunnel/TunnelPage.tsx',
    data: (path) => [`/api${path}`, `/api${path}/connectors`],
  },
  {
    address: /^\/tunnels\/[\da-f-]{36}\/connectors\/[\da-f-]{36}$/,
    code: 'connector/ConnectorPage.tsx',
  },
  { address: /^\/wall$/, code: 'wall/WallPage.tsx', data: () => ['/api/tunnels'] },
  { address: /^\/activity$/, code: 'activity/ActivityPage.tsx' },
  { address: /^\/audit$/, code: 'audit/AuditPage.tsx' },
]

/** Without them the text is laid out twice, the first time with letters searched for in the system. */
const fonts = /^\/assets\/(?:inter|jetbrains-mono)-short-[^/]+\.woff2$/

/**
 * @returns for an address the value of its `Link` header. `mayAsk` is false for somebody who is not signed
 *   in: their page is another one, and its questions would be refused. `isTold`: the document has words of its own,
 *   which are not to wait for their letters.
 */
export function createAhead(page: Page): Ahead {
  const text = page.get(manifestPath)?.plain.toString()
  const manifest = text ? (JSON.parse(text) as Manifest) : {}
  // In the order in which they are needed: only six are under way at once, and nothing is painted without the looks.
  const looks = [
    ...(page.has('/theme.js') ? ['</theme.js>; rel=preload; as=script'] : []),
    ...(manifest['index.html']?.css ?? []).map(toStyle),
  ]
  const program = [...withImports(manifest, 'index.html')].map(toModule)
  const letters = [...page.keys()].filter((path) => fonts.test(path)).map(toFont)
  const codes = pages.map(({ code }) => filesOf(manifest, `src/web/pages/${code}`).map(toModule))

  return (path, mayAsk, isTold = false) => {
    const at = mayAsk ? pages.findIndex(({ address }) => address.test(path)) : -1
    const data = pages[at]?.data?.(path) ?? []
    const questions = ['/api/session', ...data].map(toQuestion)
    return [
      ...looks,
      ...program,
      ...questions,
      ...(codes[at] ?? []),
      ...(isTold ? [] : letters),
    ].join(', ')
  }
}

/** The files of a lazy page, without those that the document itself names. */
function filesOf(manifest: Manifest, source: string): string[] {
  const named = withImports(manifest, 'index.html')
  return [...withImports(manifest, source)].filter((file) => !named.has(file))
}

function withImports(manifest: Manifest, key: string, found = new Set<string>()): Set<string> {
  const chunk = manifest[key]
  if (!chunk || found.has(chunk.file)) return found
  found.add(chunk.file)
  for (const each of chunk.imports ?? []) withImports(manifest, each, found)
  return found
}

const toModule = (file: string) => `</${file}>; rel=modulepreload`
const toStyle = (file: string) => `</${file}>; rel=preload; as=style; crossorigin`
// Half as heavy as the program, and never to hold it up.
const toFont = (path: string) =>
  `<${path}>; rel=preload; as=font; type="font/woff2"; crossorigin; fetchpriority=low`
const toQuestion = (path: string) => `<${path}>; rel=preload; as=fetch; crossorigin`

import { visibleName } from '#web/ui/names.ts'

/** What browser is that? From what it calls itself, which anybody can make up: for people to recognise their own. */

// Most browsers also claim to be the ones before them, so the particular ones come first.
const browsers: [mark: RegExp, name: string][] = [
  [/\bEdg(?:A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Headless)?Chrom(?:e|ium)\/|\bCriOS\//, 'Chrome'],
  [/\bVersion\/[\d.]+.*\bSafari\//, 'Safari'],
]
const systems: [mark: RegExp, name: string][] = [
  [/\bAndroid\b/, 'Android'],
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b|\bX11\b/, 'Linux'],
]
const longest = 40

/** `Firefox on Linux`; what is not known is shown as it calls itself, and short. */
export function browserName(agent: string): string {
  const browser = browsers.find(([mark]) => mark.test(agent))?.[1]
  const system = systems.find(([mark]) => mark.test(agent))?.[1]
  if (browser) return system ? `${browser} on ${system}` : browser
  const own = visibleName(agent)
  if (own === '') return 'A program without a name'
  return own.length > longest ? `${own.slice(0, longest)}…` : own
}

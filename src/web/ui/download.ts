/**
 * Has the browser save what stands at an address, under that name; without one, under the name that its server
 * gives it.
 */
export function download(href: string, name = '') {
  const link = document.createElement('a')
  link.href = href
  link.download = name
  link.click()
}

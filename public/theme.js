// Runs before the first paint: the chosen theme, or the system's, on <html data-theme>.
// `ui/theme.ts` writes the same key when the choice changes, and `data-fixed-theme` where a page insists on one.
;(() => {
  const system = matchMedia('(prefers-color-scheme: light)')
  const { dataset } = document.documentElement
  const apply = () => {
    let choice = null
    try {
      choice = localStorage.getItem('tandem.theme')
    } catch {
      // Storage may be refused: then the system's preference holds.
    }
    const theme =
      choice === 'dark' || choice === 'light' ? choice : system.matches ? 'light' : 'dark'
    // A wall's theme stands in its address.
    const asked =
      location.pathname === '/wall' ? new URLSearchParams(location.search).get('theme') : null
    dataset.theme = dataset.fixedTheme ?? (asked === 'dark' || asked === 'light' ? asked : theme)
  }
  apply()
  system.addEventListener('change', apply)
  addEventListener('storage', (event) => {
    if (event.key === 'tandem.theme') apply()
  })
})()

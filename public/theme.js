// Runs before the first paint: the chosen theme, or the system's, on <html data-theme>.
// `ui/theme.ts` writes the same key when the choice changes, and `data-fixed-theme` where a page insists on one.
;(() => {
  const system = matchMedia('(prefers-color-scheme: light)')
  const { dataset } = document.documentElement
  const isWall = location.pathname === '/wall'
  const known = (theme) => (theme === 'dark' || theme === 'light' ? theme : null)
  const apply = () => {
    let theme = system.matches ? 'light' : 'dark'
    try {
      theme = known(localStorage.getItem('tandem.theme')) ?? theme
    } catch {
      // Storage may be refused: then the system's preference holds.
    }
    // A wall's theme stands in its address.
    const asked = isWall && new URLSearchParams(location.search).get('theme')
    dataset.theme = dataset.fixedTheme ?? known(asked) ?? theme
  }
  apply()
  system.addEventListener('change', apply)
  addEventListener('storage', apply)

  // What the document names of Tandem's own and does not come, no browser asks for again: the page begins anew when
  // Tandem answers, and not into an error page. So does a wall that shows nothing of the program after two minutes.
  const beginAnew = (isStuck) => {
    const again = () => beginAnew(isStuck)
    const ask = () =>
      fetch('/healthz').then(({ ok }) => (ok && isStuck() ? location.reload() : again()), again)
    setTimeout(() => isStuck() && ask(), 10_000)
  }
  const onError = ({ target }) => {
    const { localName, rel, src, href } = target
    const own = `${location.origin}/assets/`
    // What a proxy or an extension adds, the policy refuses: nobody misses it.
    if (localName === 'script' ? src.startsWith(own) : rel === 'stylesheet' && href.startsWith(own))
      beginAnew(() => true)
  }
  // On its way down: what befalls an element does not bubble.
  addEventListener('error', onError, true)
  const isOpening = () => document.getElementById('first')
  if (isWall) setTimeout(() => beginAnew(isOpening), 120_000)
})()

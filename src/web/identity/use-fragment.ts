import { useEffect, useState } from 'react'

/**
 * The secret of a one-time link, out of the fragment of the address and then gone from it, so that it stays in no
 * history and is read over no shoulder. Another link that is opened in the same tab begins the page anew.
 *
 * @param path what the address is afterwards.
 */
export function useFragment(path: string): string {
  const [secret] = useState(() => window.location.hash.slice(1))
  useEffect(() => {
    if (window.location.hash) window.history.replaceState(window.history.state, '', path)
  }, [path])
  useEffect(() => {
    const beginAnew = () => window.location.reload()
    window.addEventListener('hashchange', beginAnew)
    return () => window.removeEventListener('hashchange', beginAnew)
  }, [])
  return secret
}

/** Was this browser a screen? Then what it needs when its access has ended is a new code, not a sign-in. */

const key = 'tandem.screen'

export function wasScreen(): boolean {
  try {
    return localStorage.getItem(key) !== null
  } catch {
    return false
  }
}

export function rememberScreen(is: boolean) {
  try {
    if (is) localStorage.setItem(key, '1')
    else localStorage.removeItem(key)
  } catch {
    // Storage refused: it leads to the sign-in then, which has a way here.
  }
}

/** So long a search of connectors may be: the proxy refuses a longer one, and the page sends none. */
export const mostLetters = 100

import { createContext } from 'react'

/** Opens the palette with these words in it; the shell, which has one, says how. */
export const LookEverywhere = createContext<(words: string) => void>(() => {})

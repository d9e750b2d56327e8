import { type ComponentType, type ReactNode, startTransition, useEffect, useState } from 'react'

/**
 * A component whose code comes by itself, with its room until it is there. For what comes with a page and not
 * `lazy`: React shows what was suspended 300 ms after its fallback at the earliest, however soon the code came.
 *
 * @returns the component; its `load` asks for the code ahead. Code that does not come is an error of its place.
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  let Loaded: ComponentType<Props> | null = null
  const ask = async () => {
    Loaded ??= await load()
  }

  function Later({ room = null, ...props }: Props & { room?: ReactNode }) {
    const [Shown, setShown] = useState(() => Loaded)
    useEffect(() => {
      if (Shown) return
      ask().then(
        () => startTransition(() => setShown(() => Loaded)),
        (error: unknown) =>
          setShown(() => {
            throw error
          }),
      )
    }, [Shown])
    return Shown ? <Shown {...(props as unknown as Props)} /> : room
  }

  return Object.assign(Later, { load: ask })
}

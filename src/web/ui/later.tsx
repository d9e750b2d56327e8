import { type ComponentType, type ReactNode, startTransition, useEffect, useState } from 'react'

/**
 * A component whose code comes by itself, with its room until it is there. For what comes with a page and not
 * `lazy`: React shows what was suspended 300 ms after its fallback at the earliest, however soon the code came.
 *
 * The first time it is drawn after what stands around it, in slices that leave room for a hand; then with it.
 *
 * @returns the component; its `load` asks for the code ahead. Code that does not come is an error of its place.
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  let asked: Promise<ComponentType<Props>> | null = null
  let Known: ComponentType<Props> | null = null
  const ask = () => {
    asked ??= load().catch((error: unknown) => {
      asked = null
      throw error
    })
    return asked
  }

  function Later({ room = null, ...props }: Props & { room?: ReactNode }) {
    const [Shown, setShown] = useState(() => Known)
    useEffect(() => {
      if (Shown) return
      const come = async () => {
        const Component = await ask()
        Known = Component
        startTransition(() => setShown(() => Component))
      }
      come().catch((error: unknown) =>
        setShown(() => {
          throw error
        }),
      )
    }, [Shown])
    return Shown ? <Shown {...(props as unknown as Props)} /> : room
  }

  return Object.assign(Later, { load: ask })
}

/** A key as it is printed on a keyboard. */
export function Kbd({ children }: { children: string }) {
  return (
    <kbd className="inline-flex h-5 min-w-5 items-center justify-center rounded-sm bg-page px-1 font-sans text-xs text-ink-2 capitalize ring-1 ring-line-edge ring-inset">
      {children}
    </kbd>
  )
}

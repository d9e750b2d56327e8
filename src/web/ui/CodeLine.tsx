import type { ReactNode } from 'react'

/** Something to type or to put into a file, and what copies it. Lines break where the text has them. */
export function CodeLine({ copy, children }: { copy: ReactNode; children: ReactNode }) {
  return (
    <div className="flex items-start gap-1 rounded-md bg-sunken py-1 pr-1 pl-3">
      <code className="min-h-8 min-w-0 flex-1 content-center py-1 font-mono text-sm wrap-anywhere whitespace-pre-wrap text-ink">
        {children}
      </code>
      {copy}
    </div>
  )
}

import type { ReactNode } from 'react'
import { Callout } from './Callout.tsx'
import { Moment } from './TimeAgo.tsx'

/** That a tunnel is gone, wherever something of it is still shown; `children` say what that means there. */
export const DeletedCallout = ({ at, children }: { at: number; children: ReactNode }) => (
  <Callout
    tone="bad"
    title={
      <>
        This tunnel was deleted at <Moment at={at} />
      </>
    }
  >
    {children}
  </Callout>
)

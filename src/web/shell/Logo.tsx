/** Two discs, one filled and one ready beside it: an active connector and its standby. */
export function Logo({ className = 'size-6' }: { className?: string }) {
  return (
    <svg viewBox="0 0 26 16" aria-hidden="true" className={`shrink-0 ${className}`}>
      <circle cx="8.6" cy="8" r="7" className="fill-accent" />
      <circle cx="17.4" cy="8" r="6" fill="none" className="stroke-ink" strokeWidth="2" />
    </svg>
  )
}

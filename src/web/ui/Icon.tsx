/** The icons of the page: 16 px, one stroke, drawn for this page only. */
const paths = {
  activity: 'M1.8 8.5h3L6.6 4l3 8.5 1.9-4h2.7',
  alert: 'M8 2.2 14.3 13H1.7L8 2.2ZM8 6.5v3M8 11.2v.3',
  arrowRight: 'M3 8h9.5M9 4.5 12.5 8 9 11.5',
  arrowDown: 'M8 3v9.5M4.5 9 8 12.5 11.5 9',
  arrowUp: 'M8 13V3.5M4.5 7 8 3.5 11.5 7',
  back: 'M6 4 2.5 7.5 6 11M2.8 7.5h6.4a3.3 3.3 0 0 1 0 6.6H7',
  check: 'M3.5 8.5 6.5 11.5 12.5 5',
  chevronDown: 'M4.5 6.5 8 10l3.5-3.5',
  chevronLeft: 'M9.5 4.5 6 8l3.5 3.5',
  chevronRight: 'M6.5 4.5 10 8l-3.5 3.5',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.8V8l2.2 1.6',
  close: 'M4 4l8 8M12 4l-8 8',
  code: 'M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5',
  copy: 'M6 6V3.5h6.5V10H10M3.5 6H10v6.5H3.5V6Z',
  eye: 'M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8ZM8 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z',
  eyeOff:
    'M2.5 2.5l11 11M6.2 4.1A6 6 0 0 1 8 3.8C12 3.8 14.2 8 14.2 8a11 11 0 0 1-1.7 2.2M4 5.2A10 10 0 0 0 1.8 8S4 12.2 8 12.2a6 6 0 0 0 2.6-.6',
  download: 'M8 2.5v7.5M4.8 7 8 10.2 11.2 7M3 13.3h10',
  external: 'M9.5 3H13v3.5M13 3 7.5 8.5M11 9v4H3V5h4',
  failover: 'M2.5 5.5h9M9 3l2.5 2.5L9 8M13.5 10.5h-9M7 8l-2.5 2.5L7 13',
  flag: 'M3.8 14V2.6M3.8 3h8.4l-2 2.8 2 2.8H3.8',
  help: 'M6 6.2a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4M8 11.6v.2M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4Z',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 7.3v3.5M8 5.1v.2',
  key: 'M10.2 9.6a3.8 3.8 0 1 0-3.6-2.6L2.4 11.2v2.4h2.8v-1.8h1.8V10h1.4l.6-.6c.4.1.8.2 1.2.2ZM11 5v.1',
  keyboard: 'M1.8 4.5h12.4v7H1.8v-7ZM4.5 7v.1M7 7v.1M9.3 7v.1M11.6 7v.1M5 9.3h6',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  minus: 'M3.2 8h9.6',
  monitor: 'M2 3h12v7.5H2V3ZM6 13.2h4M8 10.5v2.7',
  moon: 'M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8Z',
  more: 'M3.5 8v.1M8 8v.1M12.5 8v.1',
  pencil: 'M3 13l.7-3L10.5 3.2l2.3 2.3L6 12.3 3 13Z',
  person:
    'M8 7.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2ZM2.9 13.8c.5-2.7 2.5-4.1 5.1-4.1s4.6 1.4 5.1 4.1',
  plus: 'M8 3.2v9.6M3.2 8h9.6',
  refresh: 'M13 8a5 5 0 1 1-1.5-3.6M13 2.5v2.6h-2.6',
  search: 'M7 11.6A4.6 4.6 0 1 0 7 2.4a4.6 4.6 0 0 0 0 9.2ZM10.4 10.4 13.6 13.6',
  settings: 'M2.5 5h5M10.5 5h3M2.5 11h3M8.5 11h5M9 3.4v3.2M7 9.4v3.2',
  sun: 'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM8 1.6v1.2M8 13.2v1.2M1.6 8h1.2M13.2 8h1.2M3.5 3.5l.8.8M11.7 11.7l.8.8M3.5 12.5l.8-.8M11.7 4.3l.8-.8',
  tag: 'M2.6 8.2V2.8H8l5.2 5.2a1 1 0 0 1 0 1.4l-3.8 3.8a1 1 0 0 1-1.4 0L2.6 8.2ZM5.4 5.5v.1',
  trash: 'M3 4.5h10M6.3 4.5V3h3.4v1.5M4.3 4.5 5 13h6l.7-8.5M6.8 7v3.5M9.2 7v3.5',
  wrench:
    'M13.6 4.4a3.6 3.6 0 0 1-4.8 4.3L4.6 12.9a1.5 1.5 0 0 1-2.1-2.1l4.2-4.2a3.6 3.6 0 0 1 4.6-4.7L9 4.2l.4 2.2 2.2.4 2-2.4Z',
} as const

export type IconName = keyof typeof paths

export function Icon({ name, className = 'size-4' }: { name: IconName; className?: string }) {
  const heavy = name === 'more'
  return (
    <svg
      viewBox="0 0 16 16"
      className={`shrink-0 ${className}`}
      fill="none"
      stroke="currentColor"
      strokeWidth={heavy ? 2 : 1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  )
}

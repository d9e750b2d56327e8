/** The pages that a screen can be for; the first one is offered first. */
export const views = [
  { path: '/wall', title: 'The wall' },
  { path: '/', title: 'The list of tunnels' },
] as const

export const defaultView = views[0].path

/** The page in words; an address of one's own stays one. */
export const viewTitle = (path: string): string =>
  views.find((view) => view.path === path)?.title ?? path

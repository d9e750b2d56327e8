import * as z from 'zod/mini'

/** In rising order: each may do what those before it may. A `screen` is a wall that only looks. */
export const roles = ['screen', 'viewer', 'operator', 'admin'] as const
export const Role = z.enum(roles)
export type Role = z.infer<typeof Role>

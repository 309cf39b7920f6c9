import * as z from 'zod';

/** What a bearer token lets its holder do. */
export const Role = {
  App: 'app',
  Expert: 'expert',
  Operator: 'operator',
  Admin: 'admin',
} as const;
export type Role = (typeof Role)[keyof typeof Role];
export const RoleName = z.enum(Role);

/** The sets of roles that routes name. Every role may read what is not personal. */
export const everyone: readonly Role[] = Object.values(Role);
export const predictors: readonly Role[] = [Role.App, Role.Operator, Role.Admin];
export const contributors: readonly Role[] = [Role.App, Role.Expert, Role.Operator, Role.Admin];
export const readers: readonly Role[] = [Role.Expert, Role.Operator, Role.Admin];
export const operators: readonly Role[] = [Role.Operator, Role.Admin];

import { createRelearn, type Relearn } from '../../client/index.ts';

/** A tenant as the demo meets it: one client a role, each with its own bearer token. */
export interface Tenant {
  readonly name: string;
  readonly app: Relearn;
  readonly expert: Relearn;
  readonly operator: Relearn;
}

/** Opens the public API for one tenant. */
export const openTenant = (baseUrl: string, name: string, tokens: Readonly<Record<string, string>>): Tenant => {
  const as = (role: string): Relearn => {
    const token = tokens[role];
    if (token === undefined) throw new Error(`Expected a token of ${name} for the role ${role}, and there is none.`);
    return createRelearn({ baseUrl, token });
  };
  return { name, app: as('app'), expert: as('expert'), operator: as('operator') };
};

import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/**
 * A value that a function finds in its environment, or a state machine in place of a placeholder,
 * together with the permissions that its use needs: wiring and permission are one verb.
 */
export interface Binding {
  readonly value: string;
  readonly statements: readonly PolicyStatement[];
}

/** Binds a resource to what may be done with it. */
export const binding = (
  value: string,
  ...grants: readonly { readonly actions: readonly string[]; readonly resources: readonly string[] }[]
): Binding => ({
  value,
  statements: grants.map(
    ({ actions, resources }) => new PolicyStatement({ actions: [...actions], resources: [...resources] }),
  ),
});

/** A plain value, whose use needs no permission. */
export const plain = (value: string): Binding => ({ value, statements: [] });

/** The names in `${…}` of a state machine's definition. */
export const placeholdersOf = (definition: string): ReadonlySet<string> =>
  new Set([...definition.matchAll(/\$\{([A-Za-z0-9]+)\}/g)].map(([, name]) => name as string));

/**
 * Puts the values in place of the placeholders.
 *
 * @throws Error where a placeholder has no value, or a value no placeholder
 */
export const resolvePlaceholders = (
  file: string,
  definition: string,
  values: Readonly<Record<string, string>>,
): string => {
  const expected = placeholdersOf(definition);
  const missing = [...expected].filter((name) => values[name] === undefined);
  const surplus = Object.keys(values).filter((name) => !expected.has(name));
  if (missing.length + surplus.length > 0) {
    throw new Error(
      `${file}: the placeholders do not match; without a value: ${missing.join(', ') || 'none'}; ` +
        `values that no placeholder asks for: ${surplus.join(', ') || 'none'}`,
    );
  }
  return definition.replace(/\$\{([A-Za-z0-9]+)\}/g, (_, name: string) => values[name] as string);
};

/** @throws Error where the file has no limit of its own: CDK ignores the property for definitions that come from files */
export const requireTimeout = (file: string, definition: string): void => {
  const { TimeoutSeconds: seconds } = JSON.parse(definition) as { TimeoutSeconds?: unknown };
  if (typeof seconds !== 'number' || seconds <= 0) {
    throw new Error(`${file}: expected TimeoutSeconds at the top of the machine, in seconds, got ${String(seconds)}`);
  }
};

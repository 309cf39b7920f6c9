/** A part that runs until it is stopped. */
export type Started = { readonly stop: () => Promise<void> };

/**
 * Stops what was started, the last first, and takes it off the list. Where a part cannot be stopped, the others are
 * stopped all the same.
 *
 * @throws {AggregateError} with what each part said that could not be stopped
 */
export async function stopAll(started: Started[]): Promise<void> {
  const failures: Error[] = [];
  for (const part of started.splice(0).reverse()) {
    await part.stop().catch((error: Error) => failures.push(error));
  }
  if (failures.length > 0) {
    const said = failures.map(({ message }) => message).join('; ');
    throw new AggregateError(failures, `not everything could be stopped in order: ${said}`);
  }
}

const pollMilliseconds = 200;

/**
 * Asks until there is an answer.
 *
 * @param what - completes "Expected …"
 * @throws Error when so many seconds have gone by
 */
export const until = async <Answer>(
  what: string,
  seconds: number,
  ask: () => Promise<Answer | undefined>,
): Promise<Answer> => {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`Expected ${what} within ${seconds} s.`);
    await new Promise((resolve) => setTimeout(resolve, pollMilliseconds));
  }
};

/** Classes in the order in which a person looks for them: by size where all are numbers, else by their letters. */
export const sortedClasses = (classes: Iterable<string>): string[] => {
  const sorted = [...classes].sort();
  const areNumbers = sorted.every((name) => name.trim() !== '' && Number.isFinite(Number(name)));
  return areNumbers ? sorted.sort((one, other) => Number(one) - Number(other)) : sorted;
};

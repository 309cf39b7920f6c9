const megabytesOfOneProcessor = 1769;

/**
 * Threads of onnxruntime within one prediction: one for each whole processor that Lambda gives with the memory. More
 * would wait for each other: two at 512 MB make the slowest predictions fifty times slower.
 *
 * @param megabytes - of the function's memory
 */
export const threadsFor = (megabytes: number): number => Math.max(1, Math.floor(megabytes / megabytesOfOneProcessor));

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * A bar of text.
 *
 * @param share - of the width that is filled, 0 to 1; what is beyond is cut off
 * @param width - characters of the whole
 */
export const bar = (share: number, width: number): string => {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  const drawn = '█'.repeat(Math.floor(filled / 8)) + (eighths[filled % 8] ?? '');
  return drawn + '·'.repeat(width - drawn.length);
};

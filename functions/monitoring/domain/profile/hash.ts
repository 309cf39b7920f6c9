import type { FieldValue } from '../../../../contracts/cases.ts';

const prime = 0x01000193;
const low = 0x811c9dc5;
const high = 0x9747b28c;
/** Of 53 bits, which a number holds: among a million keys two are alike by chance once in 18,000 times. */
const highBits = 0x1fffff;

/** The finaliser of MurmurHash3. */
const mix = (hash: number): number => {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
};

/** A hash of values in their order, a whole number of 53 bits; what is missing is a value too. */
export type Hash = (values: readonly FieldValue[]) => number;

/** FNV-1a in two lanes: by 32 bits of a number, of which small whole ones have no more, and by characters of anything else. */
export const hashing = (): Hash => {
  const float = new Float64Array(1);
  const words = new Uint32Array(float.buffer);
  let [a, b] = [low, high];
  const take = (word: number): void => {
    a = Math.imul(a ^ word, prime);
    b = Math.imul(b ^ (word + 0x9e3779b9), 0x85ebca6b);
    b ^= b >>> 15;
  };
  const takeNumber = (value: number): void => {
    if (value === (value | 0)) {
      take(mix(value));
      return;
    }
    float[0] = value;
    take(mix(words[0] as number));
    take(mix(words[1] as number));
  };
  const takeText = (text: string): void => {
    for (let index = 0; index < text.length; index += 1) take(text.charCodeAt(index));
  };
  return (values) => {
    [a, b] = [low, high];
    for (const value of values) {
      if (typeof value === 'number') takeNumber(value);
      else {
        const text = String(value);
        take(typeof value === 'string' ? text.length : -1);
        takeText(text);
      }
    }
    return (mix(b) & highBits) * 2 ** 32 + mix(a);
  };
};

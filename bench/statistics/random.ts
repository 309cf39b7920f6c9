/** A generator of random numbers that gives the same numbers for the same seed on every machine. */
export interface Random {
  /** Uniform in [0, 1), a multiple of 2⁻³². */
  readonly uniform: () => number;
  /** @param mean above 0 */
  readonly exponential: (mean: number) => number;
  /** @param a - shape above 0, like b */
  readonly beta: (a: number, b: number) => number;
}

const rotateLeft = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

/** FNV-1a over UTF-16 code units: turns a name into 32 bits. */
const hash = (name: string): number => {
  let bits = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) bits = Math.imul(bits ^ name.charCodeAt(index), 0x01000193);
  return bits;
};

/** Consecutive words of splitmix32 (Steele, Lea and Flood 2014, with the 32-bit finaliser of MurmurHash3). */
const splitmix = (seed: number): (() => number) => {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return mixed ^ (mixed >>> 16);
  };
};

/** xoshiro128** (Blackman and Vigna 2021), its state from two streams so that no two pairs of them share one. */
const xoshiro = (name: () => number, run: () => number): (() => number) => {
  let s0 = name();
  let s1 = run();
  let s2 = name();
  let s3 = run() | 1;
  return () => {
    const word = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9);
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = rotateLeft(s3, 11);
    return word >>> 0;
  };
};

/** Standard normal by the polar method (Marsaglia and Bray 1964). */
const drawNormal = (uniform: () => number): number => {
  for (;;) {
    const x = 2 * uniform() - 1;
    const y = 2 * uniform() - 1;
    const square = x * x + y * y;
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square);
  }
};

/** Gamma of shape above 0 and scale 1 (Marsaglia and Tsang 2000); below shape 1 by raising the shape by one. */
const drawGamma = (uniform: () => number, shape: number): number => {
  if (shape < 1) return drawGamma(uniform, shape + 1) * (1 - uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const normal = drawNormal(uniform);
    const v = (1 + c * normal) ** 3;
    if (v > 0 && Math.log(1 - uniform()) < normal * normal * 0.5 + d - d * v + d * Math.log(v)) return d * v;
  }
};

/**
 * The generator of one simulated rollout: its numbers depend on the seed, the name of what is simulated and the number
 * of the run, and on nothing else, so that any number of threads gives the same result.
 */
export const createRandom = (seed: number, name: string, run: number): Random => {
  const word = xoshiro(splitmix(hash(`${seed}/${name}`)), splitmix(run));
  const uniform = (): number => word() * 2 ** -32;
  return {
    uniform,
    exponential: (mean) => -mean * Math.log(1 - uniform()),
    beta: (a, b) => {
      const x = drawGamma(uniform, a);
      return x / (x + drawGamma(uniform, b));
    },
  };
};

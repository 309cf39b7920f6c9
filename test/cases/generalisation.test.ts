import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keptYear, topCodedAge, yearOf, zipPrefixOf } from '../../contracts/generalisation.ts';
import { keptZipPrefixes } from '../../contracts/zip-prefixes.ts';

const restrictedIn2000 = '036 059 063 102 203 556 692 790 821 823 830 831 878 879 884 890 893'.split(' ');
const restrictedIn2010 = '036 059 102 202 203 204 205 369 556 692 753 772 821 823 878 879 884 893'.split(' ');

describe('a date', () => {
  it.each([
    ['1961-12-10', 1961],
    ['1961-12', 1961],
    ['1961', 1961],
    [1961, 1961],
    ['1961-12-10T23:59:59.999Z', 1961],
    ['1961-12-10T23:59:59+02:00', 1961],
    ['1961-12-10 23:59', 1961],
    ['19611210', 1961],
    ['1961/12/10', 1961],
    ['12/10/1961', 1961],
    ['31/12/1961', 1961],
    ['10.12.1961', 1961],
    ['10 December 1961', 1961],
    ['10-Dec-1961', 1961],
    ['Dec 10, 1961', 1961],
    ['  1961-12-10 ', 1961],
  ])('%p keeps the year %p', (value, year) => {
    expect(yearOf(value)).toBe(year);
  });

  it.each([
    '61-12-10',
    '12/10/61',
    '1961-13-32',
    '32.13.1961',
    '1961-00-10',
    '19611310T',
    'born 1961',
    '1961-12-10; room 4',
    '0001-01-01',
    '',
    19_611_210,
    1961.5,
    -1961,
    true,
  ])('%p is none', (value) => {
    expect(yearOf(value)).toBeUndefined();
  });

  it('never tells of an age over 89', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1800, max: 2200 }), fc.integer({ min: 1990, max: 2100 }), (year, present) => {
        const kept = keptYear(year, present);
        expect(present - kept).toBeLessThanOrEqual(89);
        if (present - year <= 89) expect(kept).toBe(year);
        expect(keptYear(kept, present)).toBe(kept);
      }),
    );
  });
});

describe('an age', () => {
  it.each([
    [0, 0],
    [64, 64],
    [64.97, 64],
    [89, 89],
    [90, 90],
    [104, 90],
  ])('%p is kept as %p', (value, age) => {
    expect(topCodedAge(value)).toBe(age);
  });

  it.each([-1, 151, Number.NaN, '64', true, null])('%p is none', (value) => {
    expect(topCodedAge(value)).toBeUndefined();
  });
});

describe('a postcode', () => {
  it.each([
    ['10027', '100'],
    ['10027-4433', '100'],
    ['100', '100'],
    ['00601', '006'],
    ['00001', '000'],
    ['99999', '999'],
    ['03601', '000'],
  ])('%p keeps %p', (value, prefix) => {
    expect(zipPrefixOf(value)).toBe(prefix);
  });

  it.each([10_027, '1002', '100274', '10027-44', 'SW1A 1AA', '10027x', '', true])('%p is none', (value) => {
    expect(zipPrefixOf(value)).toBeUndefined();
  });

  it('is 000 wherever 20,000 people or fewer were counted in 2000 or 2010', () => {
    for (const prefix of [...restrictedIn2000, ...restrictedIn2010]) expect(zipPrefixOf(`${prefix}12`)).toBe('000');
  });

  it('is kept for 871 prefixes of three digits, and for no other', () => {
    expect(keptZipPrefixes.size).toBe(871);
    for (const prefix of keptZipPrefixes) expect(prefix).toMatch(/^\d{3}$/);
  });
});

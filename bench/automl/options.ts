import { parseArgs } from 'node:util';
import { ours, type Peer, peers } from './peers.ts';
import type { Allowance } from './run.ts';
import type { Table } from './tables.ts';

/** Seconds for which the gates are set. */
export const gatedSeconds = 60;

export interface Options {
  readonly allowance: Allowance;
  /** Names; empty is all. */
  readonly tables: readonly string[];
  readonly peers: readonly Peer[];
  /** Whose runs are made anew even where their result is there. */
  readonly anew: (peer: Peer) => boolean;
  readonly json: string | undefined;
}

const listOf = (value: string): string[] => value.split(',').filter((name) => name !== '');

/** As a person writes them. */
export const taken = '--seconds N --tables a,b --peers x,y --only ours --resume --seed N --json FILE';

/**
 * Reads what is `taken`.
 *
 * @throws Error saying which option is wrong
 */
export const readOptions = (parameters: readonly string[]): Options => {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      seconds: { type: 'string', default: String(gatedSeconds) },
      tables: { type: 'string', default: '' },
      peers: { type: 'string', default: '' },
      only: { type: 'string' },
      resume: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      json: { type: 'string' },
    },
  });
  const seconds = Number(values.seconds);
  if (!(seconds >= 5 && seconds <= 3600)) {
    throw new Error(`Expected --seconds to be 5 to 3600, got ${values.seconds}.`);
  }
  if (values.only !== undefined && values.only !== ours.name) {
    throw new Error(`Expected --only to be ${ours.name}, got ${values.only}.`);
  }
  const onlyOurs = values.only === ours.name;
  return {
    allowance: { seconds, seed: Number(values.seed) },
    tables: listOf(values.tables),
    peers: choosePeers(listOf(values.peers)),
    anew: (peer) => !values.resume && (!onlyOurs || peer === ours),
    json: values.json,
  };
};

/** The baseline takes part in any case: shares of the way begin there. */
const choosePeers = (names: readonly string[]): Peer[] => {
  for (const name of names) {
    if (peers.every((peer) => peer.name !== name)) {
      throw new Error(`Expected --peers to be of ${peers.map((peer) => peer.name).join(', ')}; got ${name}.`);
    }
  }
  return peers.filter((peer, index) => index === 0 || names.length === 0 || names.includes(peer.name));
};

/** @throws Error naming a table that there is not */
export const chooseTables = (tables: readonly Table[], names: readonly string[]): Table[] => {
  for (const name of names) {
    if (tables.every((table) => table.name !== name)) {
      throw new Error(`Expected --tables to be of ${tables.map((table) => table.name).join(', ')}; got ${name}.`);
    }
  }
  return tables.filter((table) => names.length === 0 || names.includes(table.name));
};

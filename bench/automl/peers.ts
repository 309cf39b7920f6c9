import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { python, root } from '../../local/paths.ts';
import {
  autogluonPython,
  autogluonRequirements,
  peersPython,
  peersRequirements,
  pythonFolder,
} from './environments.ts';

/** One of those that learn a table. */
export interface Peer {
  /** As an option names it. */
  readonly name: string;
  /** As the page does. */
  readonly title: string;
  readonly python: string;
  /** What decides what it predicts: another content, another run. Patterns, relative to the checkout. */
  readonly code: readonly string[];
  readonly command: readonly string[];
  /** Whether it goes on for as long as it may, so that what it finds depends on what else the machine does. */
  readonly usesItsSeconds: boolean;
}

const bench = 'bench/automl/python';
const relative = (file: string): string => file.slice(root.length + 1);

const peerOf = (name: string, title: string, environment: { python: string; requirements: string }) => ({
  name,
  title,
  python: environment.python,
  code: [
    relative(environment.requirements),
    ...['run_peer.py', 'frames.py', `peers/${name}.py`].map((file) => `${bench}/${file}`),
  ],
  command: [join(pythonFolder, 'run_peer.py'), name],
});

const common = { python: peersPython, requirements: peersRequirements };

const plain = (name: string, title: string): Peer => {
  const peer = peerOf(name, title, common);
  return { ...peer, code: [...peer.code, `${bench}/features.py`], usesItsSeconds: false };
};

export const baseline = plain('baseline', 'majority or mean');
const flaml: Peer = { ...peerOf('flaml', 'FLAML 2.7.0', common), usesItsSeconds: true };
export const autogluon: Peer = {
  ...peerOf('autogluon', 'AutoGluon 1.6.3', { python: autogluonPython, requirements: autogluonRequirements }),
  usesItsSeconds: true,
};
export const ours: Peer = {
  name: 'ours',
  title: 'Relearn',
  python,
  code: [
    `${bench}/run_ours.py`,
    'training-container/requirements*.txt',
    'training-container/{programs,recipes,relearn_training}/**/*.py',
  ],
  command: [join(pythonFolder, 'run_ours.py')],
  usesItsSeconds: true,
};

export const peers: readonly Peer[] = [
  baseline,
  plain('linear', 'logistic or ridge'),
  plain('forest', 'random forest'),
  plain('xgboost', 'XGBoost'),
  plain('lightgbm', 'LightGBM'),
  flaml,
  autogluon,
  ours,
];

/** Of what decides the predictions of a peer. */
export const digestOf = ({ code }: Peer): string => {
  const hash = createHash('sha256');
  for (const file of globSync([...code, `${bench}/score.py`], { cwd: root }).toSorted()) {
    hash.update(file).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
};

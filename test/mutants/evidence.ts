import { Rule } from '../protocol/monitor/rules.ts';
import { domain, edit, type Mutant, operations, store } from './mutant.ts';

/** Of I8: what is counted, and what leads on. */
export const evidence: readonly Mutant[] = [
  {
    name: 'promotion without the minimum sample',
    rules: [Rule.Promotion],
    edits: [edit(`${domain}/verdict.ts`, 'promotable && pairs >= policy.minimumPairs', 'promotable')],
  },
  {
    name: 'promotion without the approval that the policy asks for',
    rules: [Rule.Promotion],
    edits: [edit(`${domain}/approval.ts`, 'policy.approval !== undefined && approval === undefined', 'false')],
  },
  {
    name: 'a stage ends without its own samples',
    rules: [Rule.StageEnd],
    edits: [edit(`${domain}/stages.ts`, '[stageSamples >= samples,', '[stageSamples >= 0,')],
  },
  {
    name: 'a judgement is stored on statistics that have moved on',
    rules: [Rule.StageEnd],
    edits: [edit(`${store}/commit-change.ts`, 'basis.evidence?.kind === kind ? [basis.evidence.version] : []', '[]')],
  },
  {
    name: 'two judges count the same cases',
    rules: [Rule.OwnPairs],
    edits: [
      edit(`${store}/evidence-store.ts`, '.where(({ version }, { eq }) => eq(version, next.version - 1))', ''),
      edit(`${store}/evidence-store.ts`, 'entities.blocks.create(', 'entities.blocks.put('),
    ],
  },
  {
    name: 'rewards are counted twice',
    rules: [Rule.OwnUnits],
    edits: [edit(`${operations}/gather-randomised.ts`, 'cursor: countedUntil,', 'cursor: read.cursor,')],
  },
  {
    name: 'the rewards of a bandit are counted twice',
    rules: [Rule.OwnRewards],
    edits: [edit(`${operations}/gather-bandit.ts`, 'cursor: until ?? before,', 'cursor: read.cursor,')],
  },
];

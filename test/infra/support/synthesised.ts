import { readFileSync, rmSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { readSettings } from '../../../infra/settings.ts';
import { RelearnStack } from '../../../infra/stack.ts';

const project: Json = JSON.parse(readFileSync(new URL('../../../cdk.json', import.meta.url), 'utf8'));

/** Anything of a template: references and lists of them are compared as they are. */
// biome-ignore lint/suspicious/noExplicitAny: a template is JSON of some hundred shapes
export type Json = any;

export interface Resource {
  readonly id: string;
  readonly properties: Json;
  /** The resource itself, with DeletionPolicy and the like. */
  readonly whole: Json;
}

export interface Statement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: readonly Json[];
  readonly Principal?: Json;
  readonly Condition?: Json;
  readonly Sid?: string;
}

const listed = <Item>(value: Item | readonly Item[] | undefined): readonly Item[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as Item];

const statementsOf = (document: Json): Statement[] =>
  document.Statement.map((statement: Json) => ({
    ...statement,
    Action: listed<string>(statement.Action),
    Resource: listed<Json>(statement.Resource),
  }));

/** The stack as it is synthesised, without the functions' code. */
export class Synthesised {
  readonly app: App;
  readonly stack: RelearnStack;
  readonly template: Json;

  constructor(context: Readonly<Record<string, unknown>> = {}, change: (stack: RelearnStack) => void = () => {}) {
    this.app = new App({ context: { ...project.context, ...context } });
    try {
      this.stack = new RelearnStack(this.app, 'Relearn', {
        settings: readSettings(this.app),
        codeVersion: '1.2.3',
        codeOf: (entry) => Code.fromInline(`// ${entry}`),
      });
      change(this.stack);
      this.template = Template.fromStack(this.stack).toJSON();
    } finally {
      rmSync(this.app.outdir, { recursive: true });
    }
  }

  all(type: string): Resource[] {
    const resources: [string, Json][] = Object.entries(this.template.Resources);
    return resources
      .filter(([, whole]) => whole.Type === type)
      .map(([id, whole]) => ({ id, properties: whole.Properties ?? {}, whole }));
  }

  /** The one resource of a type with this id, which CDK ends with a hash, or whose id begins so. */
  one(type: string, idPrefix: string): Resource {
    const exact = new RegExp(`^${idPrefix}[0-9A-F]{8}$`);
    const beginning = this.all(type).filter(({ id }) => id.startsWith(idPrefix));
    const named = beginning.filter(({ id }) => exact.test(id));
    const found = named.length === 1 ? named : beginning;
    if (found.length !== 1) throw new Error(`Expected one ${type} ${idPrefix}…, found ${found.length}`);
    return found[0] as Resource;
  }

  /** The resource that a reference or an attribute is of. */
  referred(reference: Json): Resource {
    const id = reference?.Ref ?? reference?.['Fn::GetAtt']?.[0];
    const whole = this.template.Resources[id];
    if (whole === undefined) throw new Error(`Expected a reference to a resource, got ${JSON.stringify(reference)}`);
    return { id, properties: whole.Properties ?? {}, whole };
  }

  /** The function of a handler's file. */
  functionOf(entry: string): Resource {
    const found = this.all('AWS::Lambda::Function').find(({ properties }) => properties.Description === entry);
    if (found === undefined) throw new Error(`Expected a function ${entry}`);
    return found;
  }

  /** What a role may do, by the id of the role. */
  statementsOfRole(role: string): Statement[] {
    return this.all('AWS::IAM::Policy')
      .filter(({ properties }) => properties.Roles.some((given: Json) => given.Ref === role))
      .flatMap(({ properties }) => statementsOf(properties.PolicyDocument));
  }

  /** What a function may do. */
  statementsOf(entry: string): Statement[] {
    return this.statementsOfRole(this.functionOf(entry).properties.Role['Fn::GetAtt'][0]);
  }

  /** Every statement of every policy that is attached to a role. */
  allStatements(): { policy: string; statement: Statement }[] {
    return this.all('AWS::IAM::Policy').flatMap(({ id, properties }) =>
      statementsOf(properties.PolicyDocument).map((statement) => ({ policy: id, statement })),
    );
  }

  /** Statements of the policy of a queue, a topic or a bucket, or of a key. */
  statementsOn(type: string, idPrefix: string): Statement[] {
    const { properties } = this.one(type, idPrefix);
    return statementsOf(properties.PolicyDocument ?? properties.KeyPolicy);
  }
}

/** A template's value as text, with references in angle brackets. */
export const flat = (value: Json): string => {
  if (typeof value !== 'object') return String(value);
  if (value.Ref !== undefined) return `<${value.Ref}>`;
  if (value['Fn::GetAtt'] !== undefined) return `<${value['Fn::GetAtt'].join('.')}>`;
  if (value['Fn::Join'] !== undefined) return value['Fn::Join'][1].map(flat).join(value['Fn::Join'][0]);
  throw new Error(`Expected a text or a reference, got ${JSON.stringify(value)}`);
};

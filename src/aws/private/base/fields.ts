import { Token } from 'aws-cdk-lib';
import { InstanceUse } from './machine-table';
import { instanceFacts } from './machines';
import { refuse, requireMatch, Speaker } from '../../../core/private/validation';

/** What a machine does, as an error says it. */
const DOING: { readonly [use in InstanceUse]: string } = {
  hosting: 'serves on', processing: 'processes on', training: 'trains on', transform: 'makes batch predictions on',
};

/**
 * A SageMaker instance type, and one that does what it is for, as far as the table knows the type; a newer type is
 * SageMaker's to refuse.
 *
 * @param use undefined for notebooks, which the table does not have
 */
export function requireInstanceType(
  who: Speaker,
  prop: string,
  instanceType: string | undefined,
  use?: InstanceUse,
): void {
  requireMatch(who, prop, instanceType, INSTANCE_TYPE, 'a SageMaker instance type like ml.m5.large');
  const facts = instanceType === undefined ? undefined : instanceFacts(instanceType);
  if (use === undefined || facts === undefined || facts.uses.includes(use)) return;
  refuse(who, prop, instanceType, `one that SageMaker ${DOING[use]}, and it is for ${facts.uses.join(' and ')} only`);
}

/**
 * Longest value of a variable, by what gets it.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html
 */
export const LONGEST_VALUE = { model: 1024, job: 256 } as const;

/**
 * Variables of a container: a hundred at most, under names that a shell takes.
 *
 * @param reserved the beginning of names that are the library's
 */
export function requireEnvironment(
  who: Speaker,
  prop: string,
  environment: { readonly [name: string]: string } | undefined,
  longest: number,
  reserved?: string,
): void {
  const entries = Object.entries(environment ?? {});
  if (entries.length > MOST_VARIABLES) refuse(who, prop, `${entries.length} variables`, `at most ${MOST_VARIABLES}`);
  const shape = new RegExp(`^${reserved === undefined ? '' : `(?!${reserved})`}[A-Za-z_][A-Za-z0-9_]{0,1023}$`);
  for (const [name, value] of entries) {
    requireMatch(
      who,
      prop,
      name,
      shape,
      `named with letters, digits and _${reserved === undefined ? '' : `, and not ${reserved}…`}`,
    );
    if (typeof value !== 'string') refuse(who, `${prop}.${name}`, value, 'text');
    if (!Token.isUnresolved(value) && value.length > longest) {
      refuse(who, `${prop}.${name}`, `${value.length} characters`, `at most ${longest} characters long`);
    }
  }
}

const INSTANCE_TYPE = /^ml\.[a-z][a-z0-9-]*\.(nano|micro|small|medium|large|\d*xlarge|metal(-\d+xl)?|interactive)$/;
const MOST_VARIABLES = 100;

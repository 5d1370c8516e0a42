import { DeliveryPipelineIntent } from '../delivery-pipeline';
import { refuse, requireMatch, requireUnique, Speaker } from './validation';

/** A stage with every choice made. */
export interface DeliveryStage {
  /** Name of the stage and of its environment on GitHub. */
  readonly name: string;
  /** Whether a person must agree. */
  readonly approval: boolean;
}

/** The stages in order: dev, staging and prod unless others are given, and approval before the last unless said otherwise. */
export function deliveryStages(who: Speaker, intent: DeliveryPipelineIntent): DeliveryStage[] {
  const stages = intent.stages ?? [{ name: 'dev' }, { name: 'staging' }, { name: 'prod' }];
  if (stages.length === 0) refuse(who, 'stages', [], 'at least one stage');
  for (const { name } of stages) requireMatch(who, 'stages', name, /^[a-zA-Z][a-zA-Z0-9-]{0,31}$/, 'names of letters, digits and hyphens that start with a letter, at most 32');
  requireUnique(who, 'stages', stages.map((stage) => stage.name.toLowerCase()));
  return stages.map(({ name, approval }, index) => ({ name, approval: approval ?? index === stages.length - 1 }));
}

/** Where the code is, read from the intent. */
export interface GitHubRepository {
  /** `owner/name`, without ids. */
  readonly name: string;
  /** How GitHub begins the identity of a workflow of the repository: `repo:owner/name` or `repo:owner@1/name@2`. */
  readonly subject: string;
  /** The branch that is delivered. */
  readonly branch: string;
}

/** Checks repository and branch. */
export function gitHubRepository(who: Speaker, intent: DeliveryPipelineIntent): GitHubRepository {
  const { repository, branch = 'main' } = intent;
  requireMatch(who, 'repository', repository, REPOSITORY, "a repository on GitHub as 'owner/name', or as 'owner@<id>/name@<id>'");
  requireMatch(who, 'branch', branch, /^(?!.*(\.\.|\/\/))[A-Za-z0-9][A-Za-z0-9._/-]*$/, 'the name of a branch');
  return { name: repository.replace(/@\d+/g, ''), subject: `repo:${repository}`, branch };
}

/** @see https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims */
const REPOSITORY = /^([A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9._-]+|[A-Za-z0-9][A-Za-z0-9-]*@\d+\/[A-Za-z0-9._-]+@\d+)$/;

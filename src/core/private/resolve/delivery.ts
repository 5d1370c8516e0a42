import { DeliveryPipelineIntent } from '../../delivery-pipeline';
import { requireText, requireTexts } from '../texts';
import { refuse, requireMatch, requireUnique, Speaker } from '../validation';

/** The intent, and the words for the app that every cloud's delivery has. */
export interface DeliveryInput extends DeliveryPipelineIntent {
  readonly workingDirectory?: string;
  readonly nodeVersion?: string;
  readonly installCommand?: string;
  readonly testCommand?: string;
}

/** A delivery with every neutral choice made. */
export interface ResolvedDelivery {
  readonly repository: GitHubRepository;
  readonly stages: readonly DeliveryStage[];
  /** Folder of the app in the repository, `.` for its root. */
  readonly workingDirectory: string;
  /** Name of the workflow's file, unique in the repository; of GitHub Actions alone. */
  readonly workflowFile: string;
  /** Major version of Node.js. */
  readonly nodeVersion: string;
  /** Command that installs what the app needs. */
  readonly install: string;
  /** Command that tests the app. */
  readonly test: string;
}

/** A stage with every choice made. */
export interface DeliveryStage {
  /** Name of the stage and of its environment on GitHub. */
  readonly name: string;
  /** Whether a person must agree. */
  readonly approval: boolean;
}

/** The repository of the code, read from the intent. */
export interface GitHubRepository {
  /** `owner/name`, without ids. */
  readonly name: string;
  /** How GitHub begins the identity of a workflow of the repository: `repo:owner/name` or `repo:owner@1/name@2`. */
  readonly subject: string;
  /** The branch that is delivered. */
  readonly branch: string;
}

/**
 * Fills every default and refuses what no cloud takes.
 *
 * @param workflow name that is given for the workflow's file, and what tells the delivery from another of the same app
 */
export function resolvedDelivery(
  who: Speaker, input: DeliveryInput, workflow: { readonly file?: string; readonly stack?: string } = {},
): ResolvedDelivery {
  const stages = deliveryStages(who, input);
  const repository = gitHubRepository(who, input);
  requireMatch(who, 'nodeVersion', input.nodeVersion, /^\d{2}$/, "a major version like '22'");
  requireFolder(who, 'workingDirectory', input.workingDirectory);
  for (const command of ['installCommand', 'testCommand'] as const) requireCommand(who, command, input[command]);
  return {
    repository,
    stages,
    workingDirectory: input.workingDirectory ?? '.',
    workflowFile: workflowFileOf(who, workflow.file, [input.workingDirectory ?? '.', workflow.stack ?? '']),
    nodeVersion: input.nodeVersion ?? '22',
    install: input.installCommand ?? 'npm ci',
    test: input.testCommand ?? 'npm test',
  };
}

/** A command that the shell of a job runs. */
export function requireCommand(who: Speaker, prop: string, command: string | undefined): void {
  requireMatch(who, prop, command, /^[^\n]*\S[^\n]*$/, 'a command on one line');
}

/** A path in the repository. */
export function requireFolder(
  who: Speaker,
  prop: string,
  folder: string | undefined,
  want: string = 'a folder inside the repository',
): void {
  requireMatch(who, prop, folder, /^(?!\/)(?!.*\.\.)[A-Za-z0-9._/-]+$/, want);
}

/** Identity of the jobs in a stage's environment. @see https://docs.github.com/en/actions/reference/security/oidc */
export function environmentSubject({ subject }: GitHubRepository, stage: string): string {
  return `${subject}:environment:${stage}`;
}

/** Identity of the jobs of the branch that are in no environment. */
export function branchSubject({ subject, branch }: GitHubRepository): string {
  return `${subject}:ref:refs/heads/${branch}`;
}

/**
 * The stages in order: dev, staging and prod unless others are given, and approval before the last unless said
 * otherwise.
 */
function deliveryStages(who: Speaker, intent: DeliveryPipelineIntent): DeliveryStage[] {
  const stages = intent.stages ?? [{ name: 'dev' }, { name: 'staging' }, { name: 'prod' }];
  if (stages.length === 0) refuse(who, 'stages', [], 'at least one stage');
  for (const [index, { name }] of stages.entries()) {
    requireMatch(
      who,
      'stages',
      name,
      /^[a-zA-Z][a-zA-Z0-9-]{0,31}$/,
      'names of letters, digits and hyphens that start with a letter, at most 32',
    );
    requireText(who, `stages[${index}].name`, name);
  }
  requireUnique(who, 'stages', stages.map((stage) => stage.name.toLowerCase()));
  return stages.map(({ name, approval }, index) => ({ name, approval: approval ?? index === stages.length - 1 }));
}

function gitHubRepository(who: Speaker, intent: DeliveryPipelineIntent): GitHubRepository {
  const { repository, branch = 'main' } = intent;
  requireMatch(
    who,
    'repository',
    repository,
    REPOSITORY,
    "a repository on GitHub as 'owner/name', or as 'owner@<id>/name@<id>'",
  );
  requireMatch(
    who,
    'branch',
    branch,
    /^(?!refs\/)(?!.*(\.\.|\/\/))[A-Za-z0-9][A-Za-z0-9._/-]*$/,
    'the name of a branch, without refs/heads/',
  );
  requireTexts(who, intent, { repository: 'text', branch: 'text?' });
  return { name: repository.replace(/@\d+/g, ''), subject: `repo:${repository}`, branch };
}

/**
 * Name of the workflow's file, which must be unique in the repository, as the folder of an app there is, and the stack
 * in it.
 *
 * @param parts of the default: folder and stack, as far as a delivery has its own
 */
function workflowFileOf(who: Speaker, given: string | undefined, parts: readonly string[]): string {
  requireMatch(
    who,
    'workflowFile',
    given,
    /^[A-Za-z0-9][A-Za-z0-9._-]*\.ya?ml$/,
    "the name of a file in .github/workflows, like 'deliver-churn.yml'",
  );
  const words = parts
    .map((part) => part.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, ''))
    .filter((word) => word !== '');
  return given ?? `${['deliver', ...words].join('-')}.yml`;
}

/** @see https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims */
const REPOSITORY = /^([A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9._-]+|[A-Za-z0-9][A-Za-z0-9-]*@\d+\/[A-Za-z0-9._-]+@\d+)$/;

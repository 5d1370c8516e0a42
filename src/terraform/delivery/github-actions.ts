import { TerraformStack, TerraformVariable } from 'cdktf';
import { TERRAFORM } from './commands';
import { ASSEMBLY, DELIVERY_STAGE, DeliveredImage, openVariables, stackFolder, TerraformDelivery } from './plan';
import {
  ACTIONS,
  AppSteps,
  environmentToMake,
  githubWorkflow,
  KeptValue,
  ofStage,
  requireValues,
  summarized,
  valueOf,
  workflowHeader,
  WorkflowStep,
} from '../../core/private/github-workflow';
import { DeliveryStage } from '../../core/private/resolve/delivery';

/** How a job's variable is called: an environment has its own, the repository one for each stage. */
export type Naming = (variable: string) => string;

/** A job of a stage: it delivers, or compares before the approval. */
export type StageJob = 'deploy' | 'look';

/** A cloud's part of a delivery by GitHub Actions. */
export interface CloudDelivery {
  /** Label of the machines that run the jobs. @default 'ubuntu-latest' */
  readonly runner?: string;
  /** The kind of place that a stage has to itself: `project`. */
  readonly place: string;
  /** Steps that log a job in without a stored key. */
  readonly login: (stage: DeliveryStage, job: StageJob, named: Naming) => readonly WorkflowStep[];
  /** Variables of the shell that Terraform's provider and backend read, by name: GitHub's variables or text. */
  readonly shell?: (named: Naming) => { readonly [name: string]: string };
  /**
   * GitHub's variable for each setting of the state's backend, by the backend's name of it:
   * `{ bucket: 'TERRAFORM_STATE_BUCKET' }`.
   */
  readonly backend: { readonly [setting: string]: string };
  /** GitHub's variable for a variable of the stack that has no name of its own as `TF_VAR_…`. */
  readonly variableOf: { readonly [stackVariable: string]: string };
  /** GitHub's variables that every environment has. */
  readonly required: readonly string[];
  /** The same, and what they hold, as the head of the file explains them. */
  readonly environment: string;
  /** Lines of the head of the file: what is done once by hand, besides applying the stack. */
  readonly preparations: readonly string[];
  /** The workload's image, where the delivery builds it, and how. */
  readonly image?: DeliveredImage & { readonly commands: ImageCommands };
  /** Whether `delivery_stage` is a variable of the stack. */
  readonly asksForStage: boolean;
}

/** How images are handled in the cloud's registry; `image` is an address with a tag, in the shell's words. */
export interface ImageCommands {
  /** Steps before the others. */
  readonly setup: readonly WorkflowStep[];
  /** Lets Docker push. */
  readonly login: string;
  /** Succeeds where the image exists. */
  readonly exists: (image: string) => string;
  /** Prints the digest, `sha256:…`. */
  readonly digest: (image: string) => string;
}

/**
 * The workflow file of a delivery by Terraform: what is built is planned for each stage, the plan is kept, and that
 * plan is applied. Asked for when the stack is complete, because its variables are those of the stack.
 */
export function terraformWorkflow(stack: TerraformStack, plan: TerraformDelivery, cloud: CloudDelivery): string {
  const app = new AppSteps(plan, ASSEMBLY);
  const folder = stackFolder(stack);
  const inStack = { 'working-directory': app.fromApp(folder) };
  const variables = stackVariables(stack, cloud);
  const shellOf = (named: Naming) => cloud.shell?.(named) ?? {};

  const compared = (stage: DeliveryStage, job: StageJob, named: Naming, image: ImageState): WorkflowStep[] => [
    ...requireValues(keptValues(variables, plan, cloud, named)),
    ...app.fetch(),
    ...cloud.login(stage, job, named),
    {
      uses: 'hashicorp/setup-terraform@v4',
      with: { terraform_version: plan.terraformVersion, terraform_wrapper: false },
    },
    ...imageSteps(plan, cloud, image),
    {
      name: 'Initialize',
      run: [
        TERRAFORM.init,
        ...Object.entries(cloud.backend).map(([setting, variable]) => `-backend-config="${setting}=$${variable}"`),
      ].join(' '),
      env: {
        ...Object.fromEntries(
          Object.values(cloud.backend).map((variable) => [variable, valueOf({ name: named(variable) })]),
        ),
        ...shellOf(named),
      },
      ...inStack,
    },
    {
      ...summarized('Compare', job === 'look' ? TERRAFORM.look : TERRAFORM.plan),
      env: unlessEmpty({ ...valuesOf(variables, stage, cloud, named), ...shellOf(named) }),
      ...inStack,
    },
  ];

  return githubWorkflow({
    file: plan.workflowFile,
    header: header(plan, folder, variables, cloud),
    repository: plan.repository,
    runner: cloud.runner ?? 'ubuntu-latest',
    build: app.build(plan.synth, folder),
    stages: plan.stages.map((stage) => {
      const builds = stage === plan.stages[0];
      const ofEnvironment: Naming = (name) => name;
      return {
        name: stage.name,
        // Not in the stage's environment, whose variables it therefore does not see.
        preview: stage.approval
          ? compared(stage, 'look', (name) => ofStage(stage.name, name), builds ? 'to be' : 'found')
          : undefined,
        deliver: [
          ...(builds && cloud.image !== undefined
            ? [{ uses: ACTIONS.checkout, with: { 'persist-credentials': false } }]
            : []),
          ...compared(stage, 'deploy', ofEnvironment, builds ? 'built' : 'found'),
          { name: 'Deploy', run: TERRAFORM.apply, env: unlessEmpty(shellOf(ofEnvironment)), ...inStack },
        ],
      };
    }),
  });
}

/** Whether the image of the commit is to be built later, built now, or found. */
type ImageState = 'to be' | 'built' | 'found';

/**
 * The first stage builds and pushes the image of the commit; every stage runs it by its digest, so that all run the
 * same. What runs again takes what is there: a tag names one image for ever, and another build of the same commit would
 * be another image. What is compared before the first stage may build it has the tag alone.
 */
function imageSteps(plan: TerraformDelivery, { image }: CloudDelivery, state: ImageState): WorkflowStep[] {
  if (image === undefined) return [];
  const { commands } = image;
  // A variable of the repository, not of an environment: every stage runs what the first one has pushed. The shell gets
  // it as a variable as well: what GitHub writes into a command is run.
  const env = { IMAGE_REPOSITORY: valueOf({ name: imageRepository(plan) }) };
  const untagged = `$IMAGE_REPOSITORY/${image.imageName}`;
  const tagged = `${untagged}:$GITHUB_SHA`;
  if (state === 'to be') {
    return [
      {
        name: 'Name the image that is to be built',
        env,
        run: `echo "TF_VAR_${image.variable}=${tagged}" >> "$GITHUB_ENV"`,
      },
    ];
  }
  return [
    ...commands.setup,
    ...(state === 'built'
      ? [
        {
          name: 'Build the image',
          env,
          run: [
            `if ! ${commands.exists(tagged)} > /dev/null 2>&1; then`,
            `  ${commands.login}`,
            // The files of the commit and no others: the workspace has the login's credentials in it, and what was
            // synthesized.
            '  git checkout-index --all --prefix="$RUNNER_TEMP/commit/"',
            '  cd "$RUNNER_TEMP/commit"',
            `  docker build --build-arg MLOPS_COMMIT="$GITHUB_SHA" --tag "${tagged}" --file "${image.dockerfile}" "${image.directory}"`,
            `  docker push "${tagged}"`,
            'fi',
            '',
          ].join('\n'),
        },
      ]
      : []),
    {
      name: 'Find the image',
      env,
      run: [
        `digest=$(${commands.digest(tagged)})`,
        `echo "TF_VAR_${image.variable}=${untagged}@$digest" >> "$GITHUB_ENV"`,
        '',
      ].join('\n'),
    },
  ];
}

/** Name of the repository's variable that says where the image is: that of the first stage, which pushes it. */
export function imageRepository({ stages }: TerraformDelivery): string {
  return ofStage(stages[0].name, 'IMAGE_REPOSITORY');
}

/** Variables of the stack that GitHub has values for: all open ones but those that the workflow knows itself. */
function stackVariables(stack: TerraformStack, { image, asksForStage }: CloudDelivery): TerraformVariable[] {
  const isKnown = (name: string) => name === image?.variable || (asksForStage && name === DELIVERY_STAGE);
  return openVariables(stack).filter(({ friendlyUniqueId }) => !isKnown(friendlyUniqueId));
}

/** What GitHub keeps for a variable of the stack: a secret where the stack calls it sensitive. */
function keptValue(
  { friendlyUniqueId: name, sensitive }: TerraformVariable,
  cloud: CloudDelivery,
  named: Naming,
): KeptValue {
  return { name: named(cloud.variableOf[name] ?? `TF_VAR_${name.toUpperCase()}`), secret: sensitive === true };
}

/** Everything that GitHub must have a value for before a job can work. */
function keptValues(
  variables: readonly TerraformVariable[],
  plan: TerraformDelivery,
  cloud: CloudDelivery,
  named: Naming,
): KeptValue[] {
  const everywhere = cloud.required.map((name): KeptValue => ({ name: named(name) }));
  const own = variables
    .map((each) => keptValue(each, cloud, named))
    .filter(({ name }) => !everywhere.some((other) => other.name === name));
  return [...everywhere, ...own, ...(cloud.image === undefined ? [] : [{ name: imageRepository(plan) }])];
}

function valuesOf(
  variables: readonly TerraformVariable[],
  stage: DeliveryStage,
  cloud: CloudDelivery,
  named: Naming,
): { [name: string]: string } {
  const values = variables.map((each) => [`TF_VAR_${each.friendlyUniqueId}`, valueOf(keptValue(each, cloud, named))]);
  return Object.fromEntries([...values, ...(cloud.asksForStage ? [[`TF_VAR_${DELIVERY_STAGE}`, stage.name]] : [])]);
}

function unlessEmpty(values: { [name: string]: string }): { [name: string]: string } | undefined {
  return Object.keys(values).length === 0 ? undefined : values;
}

function header(
  { repository, stages, workflowFile }: TerraformDelivery, folder: string, variables: readonly TerraformVariable[], cloud: CloudDelivery,
): string[] {
  const others = variables.filter(({ friendlyUniqueId }) => cloud.variableOf[friendlyUniqueId] === undefined);
  const explained = (each: TerraformVariable) =>
    `the stack's variable ${each.friendlyUniqueId}${each.sensitive ? '; as a secret, not as a variable' : ''}`;
  return workflowHeader(repository, [
    `- Apply the stack of the delivery pipeline in every stage's ${cloud.place}${cloud.asksForStage ? `, with the stage's name as its variable ${DELIVERY_STAGE}` : ''},` +
      ` and copy this file from ${folder}/${workflowFile} to .github/workflows.`,
    ...cloud.preparations,
    ...stages.flatMap((stage) => [
      `${environmentToMake(repository, stage)}. Its variables:`,
      `    ${cloud.environment}`,
      ...others.map((each) => `    TF_VAR_${each.friendlyUniqueId.toUpperCase()} (${explained(each)})`),
      ...(stage.approval
        ? [
          `    and the same as variables of the repository with ${ofStage(stage.name, '')} before their names, which the comparison before the approval reads.`,
        ]
        : []),
    ]),
  ]);
}

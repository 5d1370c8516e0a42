import { writeFileSync } from 'fs';
import { join } from 'path';
import {
  attachCustomSynthesis,
  aws_codepipeline as codepipeline,
  aws_ecr_assets as assets,
  aws_iam as iam,
  Environment,
  Stack,
  Stage,
  Token,
  Validations,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DeliveryEngine } from './delivery-engine';
import { DeliveryPipelineProps, IStackFactory } from './delivery-pipeline-props';
import { watchRegion } from './private/base/regions';
import { CodePipelineDelivery } from './private/delivery/code-pipeline';
import { GitHubDelivery } from './private/delivery/github-actions';
import { DeliveryPlan } from './private/delivery/plan';
import { requireCommand, resolvedDelivery } from '../core/private/resolve/delivery';
import { refuse, refuseBecause, requireMatch, Speaker, speakerFor } from '../core/private/validation';

/**
 * Carries every commit of a branch through test, synthesis and comparison to the stages, the last with a manual
 * approval.
 *
 * Every stage gets the same synthesized assembly. No role here is an administrator: each stage has a role that may do
 * one thing, use the bootstrap roles of the stage's account and region; GitHub gets it without a stored secret, and for
 * that stage's environment only. Stages that share an account share those roles too: only a stage in an account of its
 * own is protected by its approval.
 *
 * With GitHub Actions the synthesis writes the workflow next to the templates (`cdk.out/deliver.yml`); copy it to
 * `.github/workflows` and commit it, its build fails when the two differ. Its first lines say which environments and
 * variables to set; a job stops where GitHub has no value for one. The first deployment is by hand; where the account
 * is left open, with the parameter that says which stage it is. A repository delivers several apps, each with a
 * workflow of its own; environments belong to the repository, so stages of two apps whose variables differ have names
 * of their own.
 *
 * Models travel apart from code. The registry of the account that trains names the stages and their accounts in its
 * `promotion`. There `ModelRegistry.promotedFrom` is the registry as the stage sees it, and the endpoint follows it by
 * `ModelSource.latestApproved`. So an approver of that stage promotes the version that was tried in the stage before:
 * nothing is copied and nothing is trained twice.
 *
 * Children: `Provider`, `Deploy-<stage>` and `Diff-<stage>` are the GitHub provider and its roles; `Pipeline` is the
 * CodePipeline. Costs: GitHub's provider and roles nothing, a CodePipeline about 1 USD a month and its builds by the
 * minute.
 *
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import { aws } from 'mlops-constructs';
 *
 * declare const stack: Stack;
 *
 * new aws.DeliveryPipeline(stack, 'Delivery', { repository: 'acme/churn', stages: [{ name: 'dev' }, { name: 'prod', approval: true }] });
 */
export class DeliveryPipeline extends Construct {
  /** Text of the workflow file; undefined with CodePipeline. */
  public readonly workflow?: string;
  /** The provider that GitHub's identities come from; undefined with CodePipeline. */
  public readonly provider?: iam.IOidcProvider;
  /** The pipeline; undefined with GitHub Actions. */
  public readonly pipeline?: codepipeline.CfnPipeline;
  private readonly deployRoles: { [stage: string]: iam.IRole };
  private readonly workflowFile: string;

  public constructor(scope: Construct, id: string, props: DeliveryPipelineProps) {
    super(scope, id);
    watchRegion(this);
    const who: Speaker = speakerFor('delivery pipeline', scope, id);
    const plan = planned(this, who, props);
    this.workflowFile = plan.workflowFile;
    if (props.stacks !== undefined) this.createStacks(who, props.stacks, plan);

    const engine = props.engine ?? DeliveryEngine.gitHubActions();
    this.warnOfSharedPlace(plan, engine);
    const codePipeline = engine._codePipeline;
    if (codePipeline !== undefined) {
      requireMatch(who, 'connectionArn', codePipeline.connectionArn, CONNECTION, 'the ARN of a connection');
      const delivery = new CodePipelineDelivery(this, plan, codePipeline);
      this.pipeline = delivery.pipeline;
      this.deployRoles = delivery.deployRoles;
      if (!codePipeline.buildsImages) this.node.addValidation({ validate: () => this.warnOfImages() });
      return;
    }
    const { workflow, provider, deployRoles } = new GitHubDelivery(this, plan, engine._gitHubActions!);
    this.workflow = workflow;
    this.provider = provider;
    this.deployRoles = deployRoles;
    this.node.addValidation({ validate: () => this.warnOfOtherWorkflow() });
    attachCustomSynthesis(this, {
      onSynthesize: (session) => writeFileSync(join(session.outdir, plan.workflowFile), workflow),
    });
  }

  /** The role that delivers to a stage. */
  public deployRole(stage: string): iam.IRole {
    const role = this.deployRoles[stage];
    if (role === undefined) {
      refuse(
        speakerFor('delivery pipeline', this),
        'stage',
        stage,
        `one of ${Object.keys(this.deployRoles).join(', ')}`,
      );
    }
    return role;
  }

  /** Both write one file, and the one that is written last stays. */
  private warnOfOtherWorkflow(): string[] {
    const other = Stage.of(this)!
      .node.findAll()
      .find(
        (each) =>
          each instanceof DeliveryPipeline &&
          Stage.of(each) === Stage.of(this) &&
          each.workflow !== undefined &&
          each.workflow !== this.workflow &&
          each.workflowFile === this.workflowFile,
      );
    if (other !== undefined) {
      Validations.of(this).addWarning(
        'mlops-constructs:workflowFile',
        `${other.node.path} writes ${this.workflowFile} as well, and another: one delivery is enough for an app; give each product an app of its own, or one of the two a workflowFile of its own`,
      );
    }
    return [];
  }

  /** Only GitHub, and only where the account is left open, can deliver the same stacks to an account for each stage. */
  private warnOfSharedPlace({ stages }: DeliveryPlan, engine: DeliveryEngine): void {
    const { account } = Stack.of(this);
    const isGitHub = engine._gitHubActions !== undefined;
    if (isGitHub && Token.isUnresolved(account)) return;
    const [first, ...others] = stages.filter((stage) => stage.stacks === undefined).map(({ name }) => name);
    if (others.length === 0) return;
    Validations.of(this).addWarning(
      'mlops-constructs:sharedStages',
      `${first} delivers the stacks that ${others.join(' and ')} would, to the same account, before any approval: give stacks, or one stage` +
        (isGitHub ? ', or leave the account open and deploy to one for each stage' : ''),
    );
  }

  /** Found out when everything is there, and otherwise by the first deployment, which finds no Docker. */
  private warnOfImages(): string[] {
    const image = this.node.root.node.findAll().find((each) => each instanceof assets.DockerImageAsset);
    if (image !== undefined) {
      Validations.of(this).addWarning(
        'mlops-constructs:buildsImages',
        `${image.node.path} is built by the deployment, which has no Docker: set buildsImages of the engine`,
      );
    }
    return [];
  }

  private createStacks(who: Speaker, stacks: IStackFactory, plan: DeliveryPlan): void {
    const app = this.node.root;
    if (Stage.of(this) !== app) {
      refuseBecause(
        who,
        'stacks belongs to a pipeline outside of the stages that it makes: move the pipeline to a stack of the app',
      );
    }
    for (const stage of plan.stages) {
      stacks.createStacks(new Stage(app as Construct, stage.name, { env: stage.env }), {
        name: stage.name,
        approval: stage.approval,
      });
    }
  }
}

function planned(scope: Construct, who: Speaker, props: DeliveryPipelineProps): DeliveryPlan {
  const delivery = resolvedDelivery(who, props, { file: props.engine?._gitHubActions?.workflowFile });
  const { stages } = delivery;
  const environments = props.environments ?? {};
  for (const [name, env] of Object.entries(environments)) {
    if (!stages.some((stage) => stage.name === name)) {
      refuse(who, 'environments', name, `about a stage: ${stages.map((stage) => stage.name).join(', ')}`);
    }
    requireMatch(who, `environments.${name}.account`, env.account, /^\d{12}$/, 'an account of twelve digits');
    requireMatch(who, `environments.${name}.region`, env.region, /^[a-z]{2}(-[a-z]+)+-\d$/, 'a region like eu-west-1');
  }
  const stack = Stack.of(scope);
  if (props.stacks === undefined) requireOwnPlace(who, stack, environments);
  requireMatch(
    who,
    'bootstrapQualifier',
    props.bootstrapQualifier,
    /^[A-Za-z0-9_-]{1,10}$/,
    'letters, digits, underscores and hyphens, at most 10',
  );
  requireCommand(who, 'cdkCommand', props.cdkCommand);
  return {
    ...delivery,
    qualifier: props.bootstrapQualifier ?? scope.node.tryGetContext('@aws-cdk/core:bootstrapQualifier') ?? 'hnb659fds',
    cdk: props.cdkCommand ?? 'npx cdk',
    stages: stages.map((stage) => ({
      ...stage,
      env: environments[stage.name] ?? {},
      account: environments[stage.name]?.account ?? stack.account,
      region: environments[stage.name]?.region ?? stack.region,
      stacks: props.stacks === undefined ? undefined : `"${stage.name}/*"`,
    })),
  };
}

/** The stacks that the app has anyway stay where they are, so nobody can deliver them elsewhere. */
function requireOwnPlace(who: Speaker, stack: Stack, environments: { [stage: string]: Environment }): void {
  for (const [name, env] of Object.entries(environments)) {
    for (const part of ['account', 'region'] as const) {
      if (env[part] === undefined || env[part] === stack[part] || Token.isUnresolved(stack[part])) continue;
      refuse(
        who,
        `environments.${name}.${part}`,
        env[part],
        `${stack[part]}, which the stacks of the app are in: give stacks to have others in each stage`,
      );
    }
  }
}

/** Connections made before 2024 have the older name. */
const CONNECTION = /^arn:[^:]+:(codeconnections|codestar-connections):[^:]+:\d{12}:connection\/.+$/;

import { GcsBackend, TerraformStack, TerraformVariable } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { DeliveryEngine } from './delivery-engine';
import { DeliveryPipelineProps } from './delivery-pipeline-props';
import { GoogleProject } from './google-project';
import { IServiceAccount } from './service-account-props';
import { requireTexts } from '../core/private/texts';
import { Token } from '../core/private/tokens';
import { refuse, refuseBecause, requireMatch, Speaker, speakerFor } from '../core/private/validation';
import { warn } from '../terraform/annotations';
import { deliveredImage, terraformDelivery } from '../terraform/delivery/plan';
import { writeBeside } from '../terraform/files';
import { once } from '../terraform/once';
import { CloudBuildDelivery } from './private/delivery/cloud-build';
import { GitHubDelivery } from './private/delivery/github-actions';
import { DeliveryPlan, STATE_BUCKET } from './private/delivery/plan';

/**
 * Carries every commit of a branch through test, synthesis and plan to the stages, the last with a manual approval.
 * Each stage is a project of its own with the same stack in it.
 *
 * Nothing that runs here is an owner or editor: a stage's deployer has the roles that the stack's resources need, and
 * may give only the roles that the stack itself gives. GitHub gets it without a stored key, and for that stage's
 * environment only: where the project is a variable, the stack's variable `delivery_stage` says whose it is, and no
 * other stage's environment is let in. No service account of a stage's project should have more rights than its
 * deployer, which may act as any of them. What is beyond a project (a budget, policies of an organisation) needs a role
 * there, given by hand: Billing Account Costs Manager, Organization Policy Administrator. So is a change of the
 * deployers' own roles: a stack that gets a new kind of resource, or a new custom role, is applied once by hand.
 *
 * With GitHub Actions the synthesis writes the workflow beside `cdk.tf.json` (`deliver-<stack>.yml`); copy it to
 * `.github/workflows` and commit it, its build fails when the two differ. Its first lines say which environments and
 * variables to set; a job stops where GitHub has no value for one. The first deployment is by hand. One delivery is
 * enough for a stack, whatever is in it: of two the later one's file stays, with a warning. A repository delivers
 * several stacks, each with a workflow of its own; environments belong to the repository, so stages of two stacks whose
 * variables differ have names of their own.
 *
 * A pool that is destroyed keeps its id for 30 days, in which an apply of the same stack fails with 409 until somebody
 * restores and imports it.
 *
 * Children: `Pool` and `Provider` are the trust in GitHub, `Deploy-<stage>` and `Look-<stage>` the identities,
 * `Trigger-<stage>` the triggers of Cloud Build. Costs: identities nothing, Cloud Build by the minute.
 *
 * @see https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines
 *
 * @example
 * import { TerraformStack } from 'cdktf';
 * import { gcp } from 'mlops-constructs';
 *
 * declare const stack: TerraformStack;
 *
 * new gcp.DeliveryPipeline(stack, 'Delivery', { repository: 'acme/churn', stages: [{ name: 'prod', approval: true }] });
 */
export class DeliveryPipeline extends Construct {
  private readonly gitHub?: GitHubDelivery;
  private readonly workflowFile: string;
  private readonly deployers: { [stage: string]: IServiceAccount };

  public constructor(scope: Construct, id: string, props: DeliveryPipelineProps) {
    super(scope, id);
    const who: Speaker = speakerFor('delivery pipeline', scope, id);
    const plan = planned(this, who, props);
    this.workflowFile = plan.workflowFile;
    const engine = props.engine ?? DeliveryEngine.gitHubActions();
    this.warnOfSharedProject(who, plan, engine);
    const cloudBuild = engine._cloudBuild;
    if (cloudBuild !== undefined) {
      requireMatch(
        who,
        'connectedRepository',
        cloudBuild.connectedRepository,
        CONNECTED,
        'projects/<id>/locations/<region>/connections/<name>/repositories/<name>',
      );
      requireMatch(who, 'builderImage', cloudBuild.builderImage, /^[^\s${}%]+$/, 'the address of an image');
      requireTexts(who, cloudBuild, { connectedRepository: 'text', builderImage: 'text' });
      if (plan.image !== undefined) {
        refuseBecause(
          who,
          'image is built by GitHub Actions only: with Cloud Build, build it in the test command, and let the synth command write its address into image.auto.tfvars beside cdk.tf.json',
        );
      }
      this.deployers = new CloudBuildDelivery(this, plan, cloudBuild).deployers;
      return;
    }
    const options = engine._gitHubActions!;
    requireMatch(
      who,
      'workloadIdentityProvider',
      options.workloadIdentityProvider,
      PROVIDER,
      'projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>',
    );
    requireMatch(
      who,
      'poolId',
      options.poolId,
      /^(?!gcp-)[a-z][a-z0-9-]{2,30}[a-z0-9]$/,
      '4 to 32 lower-case letters, digits and hyphens that start with a letter, and not with gcp-',
    );
    if (options.poolId !== undefined && options.workloadIdentityProvider !== undefined) {
      refuseBecause(who, 'poolId names a new pool, and workloadIdentityProvider is of one that exists: leave one of them out');
    }
    this.gitHub = new GitHubDelivery(this, plan, options);
    this.deployers = this.gitHub.deployers;
    this.warnOfOtherWorkflow(who);
    writeBeside(this, plan.workflowFile, () => this.gitHub!.workflow());
  }

  /** Text of the workflow file as the stack is now, its variables included; undefined with Cloud Build. */
  public get workflow(): string | undefined {
    return this.gitHub?.workflow();
  }

  /** The identity that delivers to a stage. */
  public deployer(stage: string): IServiceAccount {
    const account = this.deployers[stage];
    if (account === undefined) {
      refuse(speakerFor('delivery pipeline', this), 'stage', stage, `one of ${Object.keys(this.deployers).join(', ')}`);
    }
    return account;
  }

  /** Both write one file, and the one that is written last stays. */
  private warnOfOtherWorkflow({ what, name }: Speaker): void {
    const isOther = (each: IConstruct) =>
      each instanceof DeliveryPipeline &&
      each !== this &&
      each.gitHub !== undefined &&
      each.workflowFile === this.workflowFile;
    const other = TerraformStack.of(this).node.findAll().find(isOther);
    if (other === undefined) return;
    warn(
      this,
      `${what} '${name}': its ${this.workflowFile} takes the place of that of '${other.node.path}': ` +
        'one delivery is enough for a stack; give each product a stack of its own, or one of the two a workflowFile of its own',
    );
  }

  /** Only GitHub, and only where the project is a variable, can apply the same stack to a project for each stage. */
  private warnOfSharedProject(
    who: Speaker,
    { stages: [first, ...others] }: DeliveryPlan,
    engine: DeliveryEngine,
  ): void {
    const isGitHub = engine._gitHubActions !== undefined;
    if (others.length === 0 || (isGitHub && Token.isUnresolved(GoogleProject.of(this).projectId))) return;
    warn(
      this,
      `${who.what} '${who.name}': ${first.name} delivers what ${others.map(({ name }) => name).join(' and ')} would, to the same project, before any approval: give one stage` +
        (isGitHub ? ', or make the project a variable and apply to one for each stage' : ''),
    );
  }
}

function planned(scope: Construct, who: Speaker, props: DeliveryPipelineProps): DeliveryPlan {
  const { engine } = props;
  const workflowFile = engine?._gitHubActions?.workflowFile;
  requireMatch(
    who,
    'stateBucketName',
    props.stateBucketName,
    /^(?!gs:)[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/,
    'the name of a bucket, without gs://',
  );
  return {
    ...terraformDelivery(who, TerraformStack.of(scope), props, workflowFile),
    image: props.image && deliveredImage(who, props.image, props.registry),
    stateBucketName: props.stateBucketName ?? bucketOfState(scope, who, engine?._cloudBuild !== undefined),
  };
}

function bucketOfState(scope: Construct, who: Speaker, isInOneProject: boolean): string {
  const stack = TerraformStack.of(scope);
  const backend = stack.node.findAll().find((node) => node instanceof GcsBackend);
  // The backend keeps its options to itself; what it writes is public.
  const bucket = (backend as GcsBackend | undefined)?.toTerraform().terraform.backend.gcs.bucket;
  if (bucket === undefined) {
    refuseBecause(
      who,
      'stateBucketName is needed: the stack has no GcsBackend, and a delivery without a shared state would start from nothing every time',
    );
  }
  if (isInOneProject) return bucket;
  const description = 'Bucket of the state of this configuration, which those who deliver write';
  return once(stack, STATE_BUCKET, (id) => new TerraformVariable(stack, id, { type: 'string', description }))
    .stringValue;
}


const PROVIDER = /^projects\/\d+\/locations\/global\/workloadIdentityPools\/[^/]+\/providers\/[^/]+$/;

const CONNECTED = /^projects\/[^/]+\/locations\/[^/]+\/connections\/[^/]+\/repositories\/[^/]+$/;

import { IamWorkloadIdentityPool } from '@cdktf/provider-google/lib/iam-workload-identity-pool';
import { IamWorkloadIdentityPoolProvider } from '@cdktf/provider-google/lib/iam-workload-identity-pool-provider';
import { ServiceAccountIamMember } from '@cdktf/provider-google/lib/service-account-iam-member';
import { TerraformOutput, TerraformResource, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { DeliveryPlan, grantDeploy, grantLook, STATE_BUCKET } from './plan';
import { valueOf, WorkflowStep } from '../../../core/private/github-workflow';
import { branchSubject, DeliveryStage, environmentSubject } from '../../../core/private/resolve/delivery';
import { Token } from '../../../core/private/tokens';
import { acknowledge } from '../../../terraform/acknowledge';
import { ImageCommands, imageRepository, Naming, terraformWorkflow } from '../../../terraform/delivery/github-actions';
import { askForStage, DELIVERY_STAGE } from '../../../terraform/delivery/plan';
import { GoogleProject } from '../../google-project';
import { ServiceAccount } from '../../service-account';
import { lastingName } from '../base/lasting-names';
import { after } from '../base/ordering';

/** The pool, the identities and the workflow of a delivery by GitHub Actions. */
export class GitHubDelivery {
  public readonly deployers: { [stage: string]: ServiceAccount } = {};
  private readonly lookers: { [stage: string]: ServiceAccount } = {};
  /** Whether only the apply knows which of several stages' projects this is. */
  private readonly isOneOfMany: boolean;

  public constructor(
    private readonly scope: Construct,
    private readonly plan: DeliveryPlan,
    private readonly options: { workloadIdentityProvider?: string; poolId?: string; runner?: string },
  ) {
    this.isOneOfMany = plan.stages.length > 1 && Token.isUnresolved(GoogleProject.of(scope).projectId);
    if (this.isOneOfMany) askForStage(TerraformStack.of(scope), plan.stages, 'project');
    const pool = this.pool();
    for (const stage of plan.stages) {
      this.deployers[stage.name] = this.identity(
        `Deploy-${stage.name}`,
        pool,
        stage,
        environmentSubject(plan.repository, stage.name),
        `Delivers to ${stage.name}`,
      );
      grantDeploy(this.deployers[stage.name], plan);
      if (!stage.approval) continue;
      // Compares before somebody has approved, so it cannot be bound to the environment, which is what waits for the
      // approval.
      this.lookers[stage.name] = this.identity(
        `Look-${stage.name}`,
        pool,
        stage,
        branchSubject(plan.repository),
        `Compares with ${stage.name}`,
      );
      grantLook(this.lookers[stage.name], plan);
    }
    if (plan.image !== undefined) {
      new TerraformOutput(scope, 'ImageRepository', {
        value: plan.image.repositoryUri,
        description: `GitHub's variable ${imageRepository(plan)}`,
      });
    }
  }

  /** The workflow file; asked for when the stack is complete, because its variables are those of the stack. */
  public workflow(): string {
    const { image } = this.plan;
    return terraformWorkflow(TerraformStack.of(this.scope), this.plan, {
      runner: this.options.runner,
      place: 'project',
      login: (stage, job, named) => [login((job === 'look' ? this.lookers : this.deployers)[stage.name], named)],
      backend: { bucket: 'TERRAFORM_STATE_BUCKET' },
      variableOf: { project: 'GOOGLE_PROJECT', [STATE_BUCKET]: 'TERRAFORM_STATE_BUCKET' },
      required: ['GOOGLE_PROJECT', 'GOOGLE_WORKLOAD_IDENTITY_PROVIDER', 'TERRAFORM_STATE_BUCKET'],
      environment:
        "GOOGLE_PROJECT (the project), GOOGLE_WORKLOAD_IDENTITY_PROVIDER (the stack's output), TERRAFORM_STATE_BUCKET (the bucket of the state)",
      preparations: [...this.beyond(), ...this.imageReaders()],
      image: image && { ...image, commands: ARTIFACT_REGISTRY },
      asksForStage: this.isOneOfMany,
    });
  }

  private pool(): string {
    if (this.options.workloadIdentityProvider !== undefined) {
      return this.options.workloadIdentityProvider.replace(/\/providers\/[^/]+$/, '');
    }
    const project = GoogleProject.of(this.scope);
    const { name } = this.plan.repository;
    const pool = new IamWorkloadIdentityPool(this.scope, 'Pool', {
      project: project.projectId,
      workloadIdentityPoolId: this.options.poolId ?? lastingName(this.scope, 'Pool', { maxLength: 32, separator: '-' }),
      displayName: 'GitHub',
      description: `Workflows of ${name}`.slice(0, 256),
      dependsOn: after(project._api('iam', 'iamcredentials', 'sts')),
    });
    const provider = new IamWorkloadIdentityPoolProvider(this.scope, 'Provider', {
      project: project.projectId,
      workloadIdentityPoolId: pool.workloadIdentityPoolId,
      workloadIdentityPoolProviderId: 'github',
      displayName: 'GitHub Actions',
      // Everybody on GitHub has identities of this issuer: without a condition each of them would come in.
      attributeCondition: `assertion.repository == '${name}' && assertion.sub in [${this.subjects()}]`,
      attributeMapping: { 'google.subject': 'assertion.sub', 'attribute.repository': 'assertion.repository' },
      oidc: { issuerUri: 'https://token.actions.githubusercontent.com' },
    });
    acknowledge(
      provider,
      'CKV_GCP_125',
      'the condition names one repository and the exact subjects of its stages; checkov understands a single subject only',
    );
    new TerraformOutput(this.scope, 'WorkloadIdentityProvider', {
      value: provider.name,
      description: "GitHub's variable GOOGLE_WORKLOAD_IDENTITY_PROVIDER",
    });
    return pool.name;
  }

  /** The subjects that are let in at all, each in quotation marks. */
  private subjects(): string {
    const { repository, stages } = this.plan;
    const comparing = branchSubject(repository);
    const delivering = ({ name }: DeliveryStage) => environmentSubject(repository, name);
    const list = (subjects: string[]) => subjects.map((each) => `'${each}'`).join(', ');
    if (!this.isOneOfMany) return list([...stages.map(delivering), comparing]);
    const subjectsOf = stages.map((stage) => [
      stage.name,
      list([delivering(stage), ...(stage.approval ? [comparing] : [])]),
    ]);
    return `\${lookup(${JSON.stringify(Object.fromEntries(subjectsOf))}, var.${DELIVERY_STAGE}, "")}`;
  }

  private identity(
    id: string,
    pool: string,
    stage: DeliveryStage,
    subject: string,
    displayName: string,
  ): ServiceAccount {
    const account = new ServiceAccount(this.scope, id, { displayName });
    const federation = new ServiceAccountIamMember(account, 'Federation', {
      serviceAccountId: account.resourceName,
      role: 'roles/iam.workloadIdentityUser',
      member: `principal://iam.googleapis.com/${pool}/subject/${subject}`,
    });
    if (this.isOneOfMany) federation.addOverride('count', `\${var.${DELIVERY_STAGE} == "${stage.name}" ? 1 : 0}`);
    return account;
  }

  /** Roles that nobody can give in the project. */
  private beyond(): string[] {
    const types = new Set(
      TerraformStack.of(this.scope)
        .node.findAll()
        .map((node) => (TerraformResource.isTerraformResource(node) ? node.terraformResourceType : '')),
    );
    return Object.entries(BEYOND)
      .filter(([resourceType]) => types.has(resourceType))
      .map(
        ([, [where, what, deploy, look]]) =>
          `- On ${where}, for ${what}: make the deployers ${deploy}, and those that compare ${look}.`,
      );
  }

  private imageReaders(): string[] {
    if (this.plan.image === undefined) return [];
    return [
      `- Set the repository's variable ${imageRepository(this.plan)}: the first stage's output.`,
      ...(this.plan.stages.length === 1
        ? []
        : [
          "  From the other stages' projects its Artifact Registry Readers must be: the deployers and those that compare, and who pulls, which is Vertex AI",
          '  (service-<project number>@gcp-sa-aiplatform.iam.gserviceaccount.com) and Cloud Run (service-<project number>@serverless-robot-prod.iam.gserviceaccount.com).',
        ]),
    ];
  }
}

function login(account: ServiceAccount, named: Naming): WorkflowStep {
  const project = valueOf({ name: named('GOOGLE_PROJECT') });
  return {
    uses: 'google-github-actions/auth@v3',
    with: {
      project_id: project,
      workload_identity_provider: valueOf({ name: named('GOOGLE_WORKLOAD_IDENTITY_PROVIDER') }),
      service_account: `${account.accountId}@${project}.iam.gserviceaccount.com`,
    },
  };
}

const ARTIFACT_REGISTRY: ImageCommands = {
  setup: [{ uses: 'google-github-actions/setup-gcloud@v3' }],
  login: 'gcloud auth configure-docker "${IMAGE_REPOSITORY%%/*}" --quiet',
  exists: (image) => `gcloud artifacts docker images describe "${image}"`,
  digest: (image) => `gcloud artifacts docker images describe "${image}" --format='value(image_summary.digest)'`,
};

/** What stands beyond the project: who delivers needs a role there, and who compares another. */
const BEYOND: {
  readonly [resourceType: string]: readonly [where: string, what: string, deploy: string, look: string];
} = {
  google_access_context_manager_service_perimeter: [
    'the organisation',
    'the perimeter',
    'Access Context Manager Editors',
    'Access Context Manager Readers',
  ],
  google_billing_budget: [
    'the billing account',
    'the budget',
    'Billing Account Costs Managers',
    'Billing Account Viewers',
  ],
  google_iam_deny_policy: ['the organisation', 'the deny policy', 'Deny Admins', 'Deny Reviewers'],
  google_org_policy_policy: [
    'the organisation',
    'its policies',
    'Organization Policy Administrators',
    'Organization Policy Viewers',
  ],
};

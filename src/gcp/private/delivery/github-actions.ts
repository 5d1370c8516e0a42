import { IamWorkloadIdentityPool } from '@cdktf/provider-google/lib/iam-workload-identity-pool';
import { IamWorkloadIdentityPoolProvider } from '@cdktf/provider-google/lib/iam-workload-identity-pool-provider';
import { ServiceAccountIamMember } from '@cdktf/provider-google/lib/service-account-iam-member';
import { TerraformOutput, TerraformResource, TerraformStack, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { DELIVERY_STAGE, DeliveryPlan, grantDeploy, grantLook, LOCK, openVariables, stackFolder, STATE_BUCKET } from './plan';
import { DeliveryStage } from '../../../core/private/delivery';
import { ACTIONS, cachedNpm, fetched, githubWorkflow, kept, ofStage, summarized, WorkflowStep } from '../../../core/private/github-workflow';
import { Token } from '../../../core/private/tokens';
import { acknowledge } from '../../../terraform/acknowledge';
import { stableName } from '../../../terraform/names';
import { once } from '../../../terraform/once';
import { GoogleProject } from '../../google-project';
import { ServiceAccount } from '../../service-account';
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
    private readonly options: { workloadIdentityProvider?: string; runner?: string },
  ) {
    this.isOneOfMany = plan.stages.length > 1 && Token.isUnresolved(GoogleProject.of(scope).projectId);
    if (this.isOneOfMany) this.askForStage();
    const pool = this.pool();
    for (const stage of plan.stages) {
      this.deployers[stage.name] = this.identity(`Deploy-${stage.name}`, pool, stage, this.delivering(stage), `Delivers to ${stage.name}`);
      grantDeploy(this.deployers[stage.name], plan);
      if (!stage.approval) continue;
      // Compares before somebody has approved, so it cannot be bound to the environment, which is what waits for the approval.
      this.lookers[stage.name] = this.identity(`Look-${stage.name}`, pool, stage, this.comparing(), `Compares with ${stage.name}`);
      grantLook(this.lookers[stage.name], plan);
    }
    if (plan.image !== undefined) new TerraformOutput(scope, 'ImageRepository', { value: plan.image.repositoryUri, description: 'GitHub\'s variable IMAGE_REPOSITORY' });
  }

  /** The workflow file; asked for when the stack is complete, because its variables are those of the stack. */
  public workflow(): string {
    const { plan } = this;
    const working = plan.workingDirectory === '.' ? undefined : plan.workingDirectory;
    const inApp = (step: WorkflowStep): WorkflowStep => ({ ...step, 'working-directory': working });
    const fromApp = (file: string) => (working === undefined ? file : `${working}/${file}`);
    const folder = stackFolder(TerraformStack.of(this.scope));
    const prepare: WorkflowStep[] = [
      { uses: ACTIONS.checkout, with: { 'persist-credentials': false } },
      { uses: ACTIONS.setupNode, with: { 'node-version': plan.nodeVersion, ...cachedNpm(plan.install, working) } },
      inApp({ name: 'Install', run: plan.install }),
    ];
    return githubWorkflow({
      header: this.header(folder),
      repository: plan.repository,
      runner: this.options.runner ?? 'ubuntu-latest',
      build: [
        ...prepare,
        inApp({ name: 'Test', run: plan.test }),
        inApp({ name: 'Synthesize', run: plan.synth }),
        { name: 'Check that this file is the one that was synthesized', run: `diff -u .github/workflows/${WORKFLOW_FILE} ${fromApp(`${folder}/${WORKFLOW_FILE}`)}` },
        ...kept(ASSEMBLY, ASSEMBLY, working),
      ],
      stages: plan.stages.map((stage) => {
        const terraform = (account: ServiceAccount, named: Naming, image: WorkflowStep[], options: string): WorkflowStep[] => [
          ...fetched(ASSEMBLY, ASSEMBLY, working),
          this.login(account, named),
          { uses: 'hashicorp/setup-terraform@v4', with: { terraform_version: plan.terraformVersion, terraform_wrapper: false } },
          ...image,
          {
            'name': 'Initialize',
            'run': 'terraform init -input=false -backend-config="bucket=$TERRAFORM_STATE_BUCKET"',
            'env': { TERRAFORM_STATE_BUCKET: `\${{ vars.${named('TERRAFORM_STATE_BUCKET')} }}` },
            'working-directory': fromApp(folder),
          },
          {
            ...summarized('Compare', `terraform plan -input=false -no-color ${options}`), 'env': this.variables(stage, named), 'working-directory': fromApp(folder),
          },
        ];
        const builds = stage === plan.stages[0];
        return {
          name: stage.name,
          // Not in the stage's environment, whose variables it therefore does not see.
          preview: stage.approval
            ? terraform(this.lookers[stage.name], (name) => ofStage(stage.name, name), this.image(builds ? 'to be' : 'found'), '-lock=false') : undefined,
          deliver: [
            ...(builds && plan.image !== undefined ? [{ uses: ACTIONS.checkout, with: { 'persist-credentials': false } }] : []),
            ...terraform(this.deployers[stage.name], (name) => name, this.image(builds ? 'built' : 'found'), `${LOCK} -out=stage.tfplan`),
            { 'name': 'Deploy', 'run': `terraform apply -input=false ${LOCK} stage.tfplan`, 'working-directory': fromApp(folder) },
          ],
        };
      }),
    });
  }

  private pool(): string {
    if (this.options.workloadIdentityProvider !== undefined) return this.options.workloadIdentityProvider.replace(/\/providers\/[^/]+$/, '');
    const project = GoogleProject.of(this.scope);
    const { name } = this.plan.repository;
    const pool = new IamWorkloadIdentityPool(this.scope, 'Pool', {
      project: project.projectId,
      workloadIdentityPoolId: stableName(this.scope, 'Pool', { maxLength: 32, separator: '-' }),
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
    acknowledge(provider, 'CKV_GCP_125', 'the condition names one repository and the exact subjects of its stages; checkov understands a single subject only');
    new TerraformOutput(this.scope, 'WorkloadIdentityProvider', { value: provider.name, description: 'GitHub\'s variable GOOGLE_WORKLOAD_IDENTITY_PROVIDER' });
    return pool.name;
  }

  /** Without it the project of the last stage would also let in the environment of the first, where nobody approves. */
  private askForStage(): void {
    const stack = TerraformStack.of(this.scope);
    const names = this.plan.stages.map((stage) => stage.name);
    once(stack, DELIVERY_STAGE, (id) => new TerraformVariable(stack, id, {
      type: 'string',
      description: `Which stage this project is: ${names.join(', ')}. GitHub's environment of that name alone may deliver here`,
      validation: [{ condition: `\${contains(${JSON.stringify(names)}, var.${DELIVERY_STAGE})}`, errorMessage: `The stage must be one of ${names.join(', ')}.` }],
    }));
  }

  private delivering(stage: DeliveryStage): string {
    return `${this.plan.repository.subject}:environment:${stage.name}`;
  }

  private comparing(): string {
    const { branch, subject } = this.plan.repository;
    return `${subject}:ref:refs/heads/${branch}`;
  }

  /** The subjects that are let in at all, each in quotation marks. */
  private subjects(): string {
    const { stages } = this.plan;
    const list = (subjects: string[]) => subjects.map((each) => `'${each}'`).join(', ');
    if (!this.isOneOfMany) return list([...stages.map((stage) => this.delivering(stage)), this.comparing()]);
    const subjectsOf = stages.map((stage) => [stage.name, list([this.delivering(stage), ...(stage.approval ? [this.comparing()] : [])])]);
    return `\${lookup(${JSON.stringify(Object.fromEntries(subjectsOf))}, var.${DELIVERY_STAGE}, "")}`;
  }

  private identity(id: string, pool: string, stage: DeliveryStage, subject: string, displayName: string): ServiceAccount {
    const account = new ServiceAccount(this.scope, id, { displayName });
    const federation = new ServiceAccountIamMember(account, 'Federation', {
      serviceAccountId: account.resourceName,
      role: 'roles/iam.workloadIdentityUser',
      member: `principal://iam.googleapis.com/${pool}/subject/${subject}`,
    });
    if (this.isOneOfMany) federation.addOverride('count', `\${var.${DELIVERY_STAGE} == "${stage.name}" ? 1 : 0}`);
    return account;
  }

  private login(account: ServiceAccount, named: Naming): WorkflowStep {
    const project = `\${{ vars.${named('GOOGLE_PROJECT')} }}`;
    return {
      uses: 'google-github-actions/auth@v3',
      with: {
        project_id: project,
        workload_identity_provider: `\${{ vars.${named('GOOGLE_WORKLOAD_IDENTITY_PROVIDER')} }}`,
        service_account: `${account.accountId}@${project}.iam.gserviceaccount.com`,
      },
    };
  }

  /**
   * The first stage builds and pushes the image of the commit; every stage runs it by its digest, so that all run the same. What runs again takes
   * what is there: a tag names one image for ever, and another build of the same commit would be another image. What is compared before somebody
   * lets the first stage build it has the tag alone.
   */
  private image(is: 'to be' | 'built' | 'found'): WorkflowStep[] {
    const { image } = this.plan;
    if (image === undefined) return [];
    // A variable of the repository, not of an environment: every stage runs what the first one has pushed. The shell gets it as a variable as well:
    // what GitHub writes into a command is run.
    const env = { IMAGE_REPOSITORY: '${{ vars.IMAGE_REPOSITORY }}' };
    const untagged = `$IMAGE_REPOSITORY/${image.imageName}`;
    const tagged = `${untagged}:$GITHUB_SHA`;
    if (is === 'to be') return [{ name: 'Name the image that is to be built', env, run: `echo "TF_VAR_${image.variable}=${tagged}" >> "$GITHUB_ENV"` }];
    return [
      { uses: 'google-github-actions/setup-gcloud@v3' },
      ...(is === 'built' ? [{
        name: 'Build the image',
        env,
        run: [
          `if ! gcloud artifacts docker images describe "${tagged}" > /dev/null 2>&1; then`,
          '  gcloud auth configure-docker "${IMAGE_REPOSITORY%%/*}" --quiet',
          `  docker build --tag "${tagged}" --file "${image.dockerfile}" "${image.directory}"`,
          `  docker push "${tagged}"`,
          'fi',
          '',
        ].join('\n'),
      }] : []),
      {
        name: 'Find the image',
        env,
        run: [
          `digest=$(gcloud artifacts docker images describe "${tagged}" --format='value(image_summary.digest)')`,
          `echo "TF_VAR_${image.variable}=${untagged}@$digest" >> "$GITHUB_ENV"`,
          '',
        ].join('\n'),
      },
    ];
  }

  /** Values of the stack's variables. */
  private variables(stage: DeliveryStage, named: Naming): { [name: string]: string } | undefined {
    const source = (name: string) => named(OF_EVERY_STAGE[name] ?? `TF_VAR_${name.toUpperCase()}`);
    const values = this.stackVariables().map((name) => [`TF_VAR_${name}`, `\${{ vars.${source(name)} }}`]);
    if (this.isOneOfMany) values.push([`TF_VAR_${DELIVERY_STAGE}`, stage.name]);
    return values.length === 0 ? undefined : Object.fromEntries(values);
  }

  private stackVariables(): string[] {
    const open = openVariables(this.scope).map((each) => each.friendlyUniqueId);
    return open.filter((name) => name !== this.plan.image?.variable && !(this.isOneOfMany && name === DELIVERY_STAGE));
  }

  /** Roles that nobody can give in the project. */
  private beyond(): string[] {
    const types = new Set(TerraformStack.of(this.scope).node.findAll().map((node) => (TerraformResource.isTerraformResource(node) ? node.terraformResourceType : '')));
    return Object.entries(BEYOND).filter(([resourceType]) => types.has(resourceType))
      .map(([, [where, what, deploy, look]]) => `- On ${where}, for ${what}: make the deployers ${deploy}, and those that compare ${look}.`);
  }

  private header(folder: string): string[] {
    const { plan } = this;
    return [
      `Delivers ${plan.repository.name}. Made by mlops-constructs at synthesis: change the app, not this file.`,
      '',
      'Once, by hand:',
      `- Apply the stack of the delivery pipeline in every stage's project${this.isOneOfMany ? `, with the stage's name as its variable ${DELIVERY_STAGE}` : ''},` +
        ` and copy this file from ${folder}/${WORKFLOW_FILE} to .github/workflows.`,
      ...this.beyond(),
      ...this.imageReaders(),
      ...plan.stages.flatMap((stage) => [
        `- Make the environment '${stage.name}', for the branch '${plan.repository.branch}' only` +
          `${stage.approval ? ', with the people who approve as its required reviewers' : ''}. Its variables:`,
        '    GOOGLE_PROJECT (the project), GOOGLE_WORKLOAD_IDENTITY_PROVIDER (the stack\'s output), TERRAFORM_STATE_BUCKET (the bucket of the state)',
        ...(this.stackVariables().filter((name) => OF_EVERY_STAGE[name] === undefined).map((name) => `    TF_VAR_${name.toUpperCase()} (the stack's variable ${name})`)),
        ...(stage.approval ? [`    and the same as variables of the repository with ${ofStage(stage.name, '')} before their names, which the comparison before the approval reads.`] : []),
      ]),
    ];
  }

  private imageReaders(): string[] {
    if (this.plan.image === undefined) return [];
    return [
      '- Set the repository\'s variable IMAGE_REPOSITORY: the first stage\'s output.',
      ...(this.plan.stages.length === 1 ? [] : [
        '  From the other stages\' projects its Artifact Registry Readers must be: the deployers and those that compare, and who pulls, which is Vertex AI',
        '  (service-<project number>@gcp-sa-aiplatform.iam.gserviceaccount.com) and Cloud Run (service-<project number>@serverless-robot-prod.iam.gserviceaccount.com).',
      ]),
    ];
  }
}

/** Variables of the stack that have a name of their own in every environment. */
const OF_EVERY_STAGE: { readonly [variable: string]: string } = { project: 'GOOGLE_PROJECT', [STATE_BUCKET]: 'TERRAFORM_STATE_BUCKET' };

/** Name of the workflow file. */
export const WORKFLOW_FILE = 'deliver.yml';

/** How a job's variable is called: an environment has its own, the repository one for each stage. */
type Naming = (variable: string) => string;

const ASSEMBLY = 'cdktf.out';
/** What stands beyond the project: who delivers needs a role there, and who compares another. */
const BEYOND: { readonly [resourceType: string]: readonly [where: string, what: string, deploy: string, look: string] } = {
  google_access_context_manager_service_perimeter: ['the organisation', 'the perimeter', 'Access Context Manager Editors', 'Access Context Manager Readers'],
  google_billing_budget: ['the billing account', 'the budget', 'Billing Account Costs Managers', 'Billing Account Viewers'],
  google_iam_deny_policy: ['the organisation', 'the deny policy', 'Deny Admins', 'Deny Reviewers'],
  google_org_policy_policy: ['the organisation', 'its policies', 'Organization Policy Administrators', 'Organization Policy Viewers'],
};

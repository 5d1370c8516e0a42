import { IamWorkloadIdentityPool } from '@cdktf/provider-google/lib/iam-workload-identity-pool';
import { IamWorkloadIdentityPoolProvider } from '@cdktf/provider-google/lib/iam-workload-identity-pool-provider';
import { ServiceAccountIamMember } from '@cdktf/provider-google/lib/service-account-iam-member';
import { TerraformOutput, TerraformResource, TerraformStack, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { DELIVERY_STAGE, DeliveryPlan, grantDeploy, grantLook, stackFolder, STATE_BUCKET } from './delivery-plan';
import { after } from './depend';
import { once } from './once';
import { DeliveryStage } from '../../core/private/delivery';
import { ACTIONS, githubWorkflow, summarized, WorkflowStep } from '../../core/private/github-workflow';
import { Token } from '../../core/private/tokens';
import { stableName } from '../../terraform/names';
import { GoogleProject } from '../google-project';
import { ServiceAccount } from '../service-account';

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
    const assembly = { name: 'cdktf.out', path: fromApp('cdktf.out') };
    const prepare: WorkflowStep[] = [
      { uses: ACTIONS.checkout, with: { 'persist-credentials': false } },
      { uses: ACTIONS.setupNode, with: { 'node-version': plan.nodeVersion, ...cache(plan.install, working) } },
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
        { uses: ACTIONS.uploadArtifact, with: { ...assembly, 'include-hidden-files': true, 'if-no-files-found': 'error' } },
      ],
      stages: plan.stages.map((stage) => {
        const terraform = (account: ServiceAccount): WorkflowStep[] => [
          ...(plan.image === undefined ? [] : [{ uses: ACTIONS.checkout, with: { 'persist-credentials': false } }]),
          { uses: ACTIONS.downloadArtifact, with: assembly },
          this.login(account),
          { uses: 'hashicorp/setup-terraform@v3', with: { terraform_version: plan.terraformVersion, terraform_wrapper: false } },
          ...this.imageSteps(stage, account === this.deployers[stage.name]),
          {
            'name': 'Initialize',
            'run': 'terraform init -input=false -backend-config="bucket=$TERRAFORM_STATE_BUCKET"',
            'env': { TERRAFORM_STATE_BUCKET: '${{ vars.TERRAFORM_STATE_BUCKET }}' },
            'working-directory': fromApp(folder),
          },
        ];
        const compare = (options: string): WorkflowStep => ({
          ...summarized('Compare', `terraform plan -input=false -no-color${options}`), 'env': this.variables(stage), 'working-directory': fromApp(folder),
        });
        return {
          name: stage.name,
          preview: stage.approval ? [...terraform(this.lookers[stage.name]), compare(' -lock=false')] : undefined,
          deliver: [
            ...terraform(this.deployers[stage.name]),
            compare(' -out=stage.tfplan'),
            { 'name': 'Deploy', 'run': 'terraform apply -input=false stage.tfplan', 'working-directory': fromApp(folder) },
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
    const ofStage = stages.map((stage) => [stage.name, list([this.delivering(stage), ...(stage.approval ? [this.comparing()] : [])])]);
    return `\${lookup(${JSON.stringify(Object.fromEntries(ofStage))}, var.${DELIVERY_STAGE}, "")}`;
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

  private login(account: ServiceAccount): WorkflowStep {
    return {
      uses: 'google-github-actions/auth@v3',
      with: {
        project_id: '${{ vars.GOOGLE_PROJECT }}',
        workload_identity_provider: '${{ vars.GOOGLE_WORKLOAD_IDENTITY_PROVIDER }}',
        service_account: `${account.accountId}@\${{ vars.GOOGLE_PROJECT }}.iam.gserviceaccount.com`,
      },
    };
  }

  /** The first stage builds and pushes the image of the commit; every stage runs it by its digest, so that all run the same. */
  private imageSteps(stage: DeliveryStage, delivers: boolean): WorkflowStep[] {
    const { image } = this.plan;
    if (image === undefined) return [];
    // A variable of the repository, not of an environment: every stage runs what the first one has pushed. The shell gets it as a variable as well:
    // what GitHub writes into a command is run.
    const env = { IMAGE_REPOSITORY: '${{ vars.IMAGE_REPOSITORY }}' };
    const untagged = `$IMAGE_REPOSITORY/${image.imageName}`;
    const tagged = `${untagged}:$GITHUB_SHA`;
    const builds = delivers && stage === this.plan.stages[0];
    return [
      { uses: 'google-github-actions/setup-gcloud@v3' },
      ...(builds ? [{
        name: 'Build the image',
        env,
        run: [
          'gcloud auth configure-docker "${IMAGE_REPOSITORY%%/*}" --quiet',
          `docker build --tag "${tagged}" --file "${image.dockerfile}" "${image.directory}"`,
          `docker push "${tagged}"`,
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
  private variables(stage: DeliveryStage): { [name: string]: string } | undefined {
    const source = (name: string) => OF_EVERY_STAGE[name] ?? `TF_VAR_${name.toUpperCase()}`;
    const named = this.stackVariables().map((name) => [`TF_VAR_${name}`, `\${{ vars.${source(name)} }}`]);
    if (this.isOneOfMany) named.push([`TF_VAR_${DELIVERY_STAGE}`, stage.name]);
    return named.length === 0 ? undefined : Object.fromEntries(named);
  }

  private stackVariables(): string[] {
    const stack = TerraformStack.of(this.scope);
    const all = stack.node.findAll().filter((node): node is TerraformVariable => node instanceof TerraformVariable);
    const open = all.filter((each) => each.default === undefined).map((each) => each.friendlyUniqueId);
    return open.filter((name) => name !== this.plan.image?.variable && !(this.isOneOfMany && name === DELIVERY_STAGE)).sort();
  }

  private hasBudget(): boolean {
    return TerraformStack.of(this.scope).node.findAll()
      .some((node) => TerraformResource.isTerraformResource(node) && node.terraformResourceType === 'google_billing_budget');
  }

  private header(folder: string): string[] {
    const { plan } = this;
    return [
      `Delivers ${plan.repository.name}. Made by mlops-constructs at synthesis: change the app, not this file.`,
      '',
      'Once, by hand:',
      `- Apply the stack of the delivery pipeline in every stage's project${this.isOneOfMany ? `, with the stage's name as its variable ${DELIVERY_STAGE}` : ''},` +
        ` and copy this file from ${folder}/${WORKFLOW_FILE} to .github/workflows.`,
      ...(this.hasBudget() ? ['- On the billing account, for the budget: make the deployers Billing Account Costs Managers, and those that compare Billing Account Viewers.'] : []),
      ...(plan.image === undefined ? [] : ['- Set the repository\'s variable IMAGE_REPOSITORY: the first stage\'s output; the other stages\' deployers must be readers of it.']),
      ...plan.stages.flatMap((stage) => [
        `- Make the environment '${stage.name}', for the branch '${plan.repository.branch}' only` +
          `${stage.approval ? ', with the people who approve as its required reviewers' : ''}. Its variables:`,
        '    GOOGLE_PROJECT (the project), GOOGLE_WORKLOAD_IDENTITY_PROVIDER (the stack\'s output), TERRAFORM_STATE_BUCKET (the bucket of the state)',
        ...(this.stackVariables().filter((name) => OF_EVERY_STAGE[name] === undefined).map((name) => `    TF_VAR_${name.toUpperCase()} (the stack's variable ${name})`)),
        ...(stage.approval ? ['    and the same as variables of the repository, which the comparison before the approval reads.'] : []),
      ]),
    ];
  }
}

/** Variables of the stack that have a name of their own in every environment. */
const OF_EVERY_STAGE: { readonly [variable: string]: string } = { project: 'GOOGLE_PROJECT', [STATE_BUCKET]: 'TERRAFORM_STATE_BUCKET' };

/** Name of the workflow file. */
export const WORKFLOW_FILE = 'deliver.yml';

/** setup-node keeps npm's downloads when it is npm that installs. */
function cache(install: string, working: string | undefined): WorkflowStep {
  if (!/^npm\b/.test(install)) return {};
  return { 'cache': 'npm', 'cache-dependency-path': working === undefined ? undefined : `${working}/package-lock.json` };
}

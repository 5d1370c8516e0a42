import { TerraformStack, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { isVariable } from './github-actions';
import { federatedIdentity } from './identities';
import { DeliveryPlan, DeliveryRoles, STATE_ACCOUNT, STATE_GROUP } from './plan';
import { DeliveryStage } from '../../../core/private/resolve/delivery';
import { toYaml, Yaml } from '../../../core/private/yaml';
import { TERRAFORM } from '../../../terraform/delivery/commands';
import { ASSEMBLY, askForStage, DELIVERY_STAGE, openVariables, stackFolder } from '../../../terraform/delivery/plan';
import { ManagedIdentity } from '../../managed-identity';

/** A connection, as the user has made it. */
export interface Connection {
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
}

/** The pipeline's file and the connections of each stage. */
export interface AzureDevOpsPlan {
  readonly file: string;
  /** Folder of the repository that the file is committed to. */
  readonly folder: string;
  readonly vmImage: string;
  readonly connections: { readonly [stage: string]: { readonly deploy: Connection; readonly look?: Connection } };
}

/** Name of the artifact that the stages get what was synthesized from: its folder lies beside that of the assembly. */
const ARTIFACT = 'synthesized';

type Step = { readonly [key: string]: Yaml | undefined };

/** The identities and the pipeline of a delivery by Azure DevOps. */
export class AzureDevOpsDelivery {
  public readonly deployers: { [stage: string]: ManagedIdentity } = {};
  private readonly isOneOfMany: boolean;

  public constructor(
    private readonly scope: Construct,
    private readonly plan: DeliveryPlan,
    private readonly options: AzureDevOpsPlan,
  ) {
    this.isOneOfMany = plan.stages.length > 1 && isVariable(scope);
    if (this.isOneOfMany) askForStage(TerraformStack.of(scope), plan.stages, 'subscription');
    const roles = new DeliveryRoles(scope, plan);
    for (const { name, approval } of plan.stages) {
      const onlyIn = this.isOneOfMany ? name : undefined;
      const { deploy, look } = options.connections[name];
      this.deployers[name] = federatedIdentity(scope, `Deploy-${name}`, { ...deploy, onlyIn });
      roles.grantDeploy(this.deployers[name]);
      if (approval && look !== undefined) {
        roles.grantLook(federatedIdentity(scope, `Look-${name}`, { ...look, onlyIn }));
      }
    }
  }

  /** The pipeline file; asked for when the stack is complete, because its variables are those of the stack. */
  public pipeline(): string {
    const { plan, options } = this;
    let before = 'Build';
    const stages: Yaml[] = [
      {
        stage: 'Build',
        displayName: 'Test and synthesize',
        jobs: [{ job: 'Build', timeoutInMinutes: 30, steps: this.build() }],
      },
    ];
    for (const stage of plan.stages) {
      const id = stage.name.replace(/-/g, '_');
      const shared = {
        condition: `and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/${plan.repository.branch}'), ne(variables['Build.Reason'], 'PullRequest'))`,
      };
      const variables = [{ group: this.groupOf(stage.name) }];
      if (stage.approval) {
        stages.push({
          stage: `Compare_${id}`,
          displayName: `What would change in ${stage.name}`,
          dependsOn: before,
          ...shared,
          variables,
          jobs: [{ job: 'Compare', timeoutInMinutes: 30, steps: this.compare(stage) }],
        });
        before = `Compare_${id}`;
      }
      stages.push({
        stage: `Deploy_${id}`,
        displayName: `Deploy to ${stage.name}`,
        dependsOn: before,
        ...shared,
        // With the lock of the environment: a stage is never delivered twice at the same time.
        lockBehavior: 'sequential',
        variables,
        jobs: [
          {
            deployment: 'Deploy',
            timeoutInMinutes: 120,
            // Its checks are the approval.
            environment: stage.name,
            strategy: { runOnce: { deploy: { steps: this.deploy(stage) } } },
          },
        ],
      });
      before = `Deploy_${id}`;
    }
    const pipeline: Yaml = {
      name: '$(Date:yyyyMMdd)$(Rev:.r)',
      trigger: { batch: false, branches: { include: [plan.repository.branch] } },
      pr: { branches: { include: ['*'] } },
      pool: { vmImage: options.vmImage },
      stages,
    };
    return `${this.header()
      .map((line) => `# ${line}`.trimEnd())
      .join('\n')}\n${toYaml(pipeline)}`;
  }

  private build(): Step[] {
    const { plan, options } = this;
    const written = this.fromApp(`${stackFolder(TerraformStack.of(this.scope))}/${options.file}`);
    return [
      { checkout: 'self', persistCredentials: false },
      { task: 'UseNode@1', inputs: { version: `${plan.nodeVersion}.x` } },
      this.inApp('Install', plan.install),
      this.inApp('Test', plan.test),
      this.inApp('Synthesize', plan.synth),
      {
        script: `diff -u ${options.folder}/${options.file} ${written}`,
        displayName: 'Check that this file is the one that was synthesized',
      },
      // As an archive: artifacts forget which files may be executed.
      this.inApp('Pack', `tar -czf $(Build.ArtifactStagingDirectory)/${ASSEMBLY}.tgz ${ASSEMBLY}`),
      { publish: `$(Build.ArtifactStagingDirectory)/${ASSEMBLY}.tgz`, artifact: ARTIFACT },
    ];
  }

  private compare(stage: DeliveryStage): Step[] {
    return [
      { checkout: 'none' },
      ...this.fetch(),
      this.terraform(stage, 'look', 'Compare', [this.init(), TERRAFORM.look]),
    ];
  }

  private deploy(stage: DeliveryStage): Step[] {
    // What was compared before the approval may have changed since: what is applied is planned here, and that plan is
    // shown and applied.
    return [
      { checkout: 'none' },
      ...this.fetch(),
      this.terraform(stage, 'deploy', 'Deploy', [this.init(), TERRAFORM.plan, TERRAFORM.apply]),
    ];
  }

  private fetch(): Step[] {
    return [
      { download: 'current', artifact: ARTIFACT },
      {
        script: `rm -rf ${ASSEMBLY} && tar -xzf ${ARTIFACT}/${ASSEMBLY}.tgz`,
        displayName: 'Unpack',
        workingDirectory: '$(Pipeline.Workspace)',
      },
      { script: this.install(), displayName: 'Install Terraform' },
    ];
  }

  /** The version that is asked for, with what HashiCorp publishes to check it by. */
  private install(): string {
    const wanted = this.plan.terraformVersion.replace(/^[~^]/, '').replace(/\./g, '\\.');
    const releases = 'https://releases.hashicorp.com/terraform';
    return [
      'set -euo pipefail',
      `version=$(curl -fsSL ${releases}/index.json | jq -r '.versions | keys[]' | grep -E '^${wanted}(\\.[0-9]+)*$' | sort -V | tail -n 1)`,
      'cd "$AGENT_TEMPDIRECTORY"',
      'archive="terraform_${version}_linux_amd64.zip"',
      `curl -fsSLO "${releases}/$version/$archive"`,
      `curl -fsSL "${releases}/$version/terraform_\${version}_SHA256SUMS" | grep " $archive$" | sha256sum --check`,
      'unzip -oq "$archive" terraform -d bin',
      'echo "##vso[task.prependpath]$AGENT_TEMPDIRECTORY/bin"',
      '',
    ].join('\n');
  }

  private init(): string {
    return `${TERRAFORM.init} -backend-config="resource_group_name=$TERRAFORM_STATE_RESOURCE_GROUP" -backend-config="storage_account_name=$TERRAFORM_STATE_ACCOUNT"`;
  }

  /** Both providers and the backend ask Azure DevOps for a token of the connection. */
  private terraform(
    stage: DeliveryStage,
    purpose: 'deploy' | 'look',
    displayName: string,
    commands: readonly string[],
  ): Step {
    const { deploy, look } = this.options.connections[stage.name];
    const connection = purpose === 'look' && look !== undefined ? look : deploy;
    return {
      task: 'AzureCLI@2',
      displayName,
      inputs: {
        azureSubscription: connection.name,
        scriptType: 'bash',
        scriptLocation: 'inlineScript',
        addSpnToEnvironment: true,
        workingDirectory: `$(Pipeline.Workspace)/${stackFolder(TerraformStack.of(this.scope))}`,
        inlineScript: [
          'set -euo pipefail',
          'export ARM_USE_OIDC=true ARM_USE_AZUREAD=true ARM_CLIENT_ID="$servicePrincipalId" ARM_TENANT_ID="$tenantId"',
          'export ARM_SUBSCRIPTION_ID="$AZURE_SUBSCRIPTION_ID" ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID="$AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"',
          ...commands,
          '',
        ].join('\n'),
      },
      env: { SYSTEM_ACCESSTOKEN: '$(System.AccessToken)', ...this.values(stage) },
    };
  }

  /**
   * Values of a variable group become variables of the shell by themselves; secrets, and names that Terraform asks for,
   * do not.
   */
  private values(stage: DeliveryStage): { [name: string]: string } {
    const own = this.variables().map(({ friendlyUniqueId: name }) => [
      `TF_VAR_${name}`,
      `$(${KNOWN[name] ?? `TF_VAR_${name.toUpperCase()}`})`,
    ]);
    return Object.fromEntries([
      ...['AZURE_SUBSCRIPTION_ID', 'TERRAFORM_STATE_RESOURCE_GROUP', 'TERRAFORM_STATE_ACCOUNT'].map((name) => [
        name,
        `$(${name})`,
      ]),
      ...own,
      ...(this.isOneOfMany ? [[`TF_VAR_${DELIVERY_STAGE}`, stage.name]] : []),
    ]);
  }

  private variables(): TerraformVariable[] {
    return openVariables(this.scope).filter(({ friendlyUniqueId }) => friendlyUniqueId !== DELIVERY_STAGE);
  }

  private groupOf(stage: string): string {
    return `${this.options.file.replace(/(\.azure-pipelines)?\.ya?ml$/, '')}-${stage}`;
  }

  private header(): string[] {
    const { plan, options } = this;
    const others = this.variables().filter(({ friendlyUniqueId: name }) => KNOWN[name] === undefined);
    const named = others.map(
      ({ friendlyUniqueId: name, sensitive }) => `TF_VAR_${name.toUpperCase()}${sensitive ? ' (a secret)' : ''}`,
    );
    return [
      `Delivers ${plan.repository.name}. Made by mlops-constructs at synthesis: change the app, not this file.`,
      '',
      'Once, by hand:',
      `- Apply the stack in every stage's subscription or resource group${this.isOneOfMany ? `, with the stage's name as its variable ${DELIVERY_STAGE}` : ''}, copy this file`,
      `  from ${stackFolder(TerraformStack.of(this.scope))}/${options.file} to ${options.folder}, and make a pipeline of it in Azure DevOps.`,
      ...plan.stages.flatMap(({ name, approval }) => [
        `- Finish the drafts of the service connections ${[options.connections[name].deploy, ...(approval ? [options.connections[name].look!] : [])].map((each) => `'${each.name}'`).join(' and ')}` +
          ' with the client ids that are outputs of the stack, and let this pipeline alone use them.',
        `- Make the environment '${name}'${approval ? ', with an approval and an exclusive lock as its checks' : ', with an exclusive lock as its check'}, and a check of the branch '${plan.repository.branch}'.`,
        `- Make the variable group '${this.groupOf(name)}': ${['AZURE_SUBSCRIPTION_ID', 'TERRAFORM_STATE_RESOURCE_GROUP', 'TERRAFORM_STATE_ACCOUNT', ...named].join(', ')}.`,
      ]),
    ];
  }

  private inApp(displayName: string, script: string): Step {
    return {
      script,
      displayName,
      workingDirectory: this.plan.workingDirectory === '.' ? undefined : this.plan.workingDirectory,
    };
  }

  private fromApp(path: string): string {
    return this.plan.workingDirectory === '.' ? path : `${this.plan.workingDirectory}/${path}`;
  }
}

/** Variables of the stack that every stage has a value for under a name of its own. */
const KNOWN: { readonly [variable: string]: string | undefined } = {
  subscription_id: 'AZURE_SUBSCRIPTION_ID',
  [STATE_GROUP]: 'TERRAFORM_STATE_RESOURCE_GROUP',
  [STATE_ACCOUNT]: 'TERRAFORM_STATE_ACCOUNT',
};

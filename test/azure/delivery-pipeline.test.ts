import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, AzurermBackend, TerraformStack, TerraformVariable, Testing } from 'cdktf';
import { Construct } from 'constructs';
import { parse } from 'yaml';
import {
  AzureResourceGroup, DataLake, DeliveryEngine, DeliveryPipeline, DeliveryPipelineProps, GovernanceGuardrails, Grant, MlopsPolicies,
} from '../../src/azure';
import { azureStack, resourceAt, resourcesOf, SUBSCRIPTION, synthesized, TENANT } from '../support/azure';
import { PlainWorkspace } from '../support/azure-parts';

const STATE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/state/providers/Microsoft.Storage/storageAccounts/tfstate/blobServices/default/containers/churn`;
const CODE = { repository: 'example/churn', stateContainerId: STATE };
const ONE = { stages: [{ name: 'prod' }] };
const CHECK = 'Check that every variable is set';
const NAMES = ['AZURE_CLIENT_ID', 'AZURE_SUBSCRIPTION_ID', 'AZURE_TENANT_ID', 'TERRAFORM_STATE_ACCOUNT', 'TERRAFORM_STATE_RESOURCE_GROUP'];

const issuer = 'https://login.microsoftonline.com/99999999-8888-7777-6666-555555555555/v2.0';
const connection = (name: string) => ({ name, issuer, subject: `/eid1/c/pub/t/x/sc/${name}` });
const DEVOPS = DeliveryEngine.azureDevOps({
  connections: {
    dev: { deploy: connection('churn-dev') },
    staging: { deploy: connection('churn-staging') },
    prod: { deploy: connection('churn-prod'), look: connection('churn-prod-look') },
  },
});
const ONE_DEVOPS = DeliveryEngine.azureDevOps({ connections: { prod: { deploy: connection('churn-prod'), look: connection('churn-prod-look') } } });

/** A registry that remembers whom it was asked to let do what. */
function registry(): any {
  const asked: string[] = [];
  const remember = (what: string) => ({ principalId }: { principalId: string }) => {
    asked.push(`${what} ${principalId}`);
    return new Grant([]);
  };
  return Object.assign(new Construct(azureStack(), 'Registry'), {
    imageRepositoryUri: 'images.azurecr.io/churn', modelName: 'churn', asked, grantPushImages: remember('push'), grantPullImages: remember('pull'),
  });
}

function deliver(props: Partial<DeliveryPipelineProps> = {}, stack = azureStack()): DeliveryPipeline {
  return new DeliveryPipeline(stack, 'Delivery', { ...CODE, ...props });
}

function configOf(props: Partial<DeliveryPipelineProps> = {}) {
  const stack = azureStack();
  deliver(props, stack);
  return synthesized(stack);
}

const jobsOf = (props: Partial<DeliveryPipelineProps> = {}, stack = azureStack()) => parse(deliver(props, stack).workflow!).jobs;
const warningsOf = (stack: TerraformStack) => stack.node.findAll().flatMap(({ node }) => node.metadata).filter(({ type }) => type === '@cdktf/warn').map(({ data }) => data);

/** A stack whose subscription only the apply knows. */
function everywhere(): TerraformStack {
  const stack = new TerraformStack(Testing.app(), 'Stack');
  const subscription = new TerraformVariable(stack, 'subscription_id', { type: 'string' });
  new AzureResourceGroup(stack, 'Azure', { subscriptionId: subscription.stringValue, tenantId: TENANT, location: 'westeurope' });
  return stack;
}

test('two in a stack write one file: the later one\'s stays, with a warning', () => {
  const stack = azureStack();
  new DeliveryPipeline(new Construct(stack, 'Churn'), 'Delivery', { ...CODE, ...ONE });
  deliver({ engine: ONE_DEVOPS, ...ONE }, stack);
  expect(warningsOf(stack)).toEqual([]);
  new DeliveryPipeline(new Construct(stack, 'Fraud'), 'Delivery', { ...CODE, ...ONE });
  expect(warningsOf(stack)).toEqual([
    "delivery pipeline 'Stack/Fraud/Delivery': its deliver-Stack.yml takes the place of that of 'Stack/Churn/Delivery': one delivery is enough for a stack; give each product a stack of its own, or one of the two a workflowFile of its own",
  ]);
});

describe('trust', () => {
  test('gives each stage an identity for its environment, and the comparison one for the branch', () => {
    const credentials = resourcesOf(configOf({ branch: 'trunk' }), 'azurerm_federated_identity_credential');
    expect(credentials.map(({ subject }) => subject).sort()).toEqual([
      'repo:example/churn:environment:dev', 'repo:example/churn:environment:prod', 'repo:example/churn:environment:staging', 'repo:example/churn:ref:refs/heads/trunk',
    ]);
    for (const each of credentials) {
      expect(each).toMatchObject({ issuer: 'https://token.actions.githubusercontent.com', audience: ['api://AzureADTokenExchange'] });
      expect(each.count).toBeUndefined();
    }
  });

  test('has the numeric ids where GitHub writes them', () => {
    const [{ subject }] = resourcesOf(configOf({ ...ONE, repository: 'example@1/churn@2' }), 'azurerm_federated_identity_credential');
    expect(subject).toBe('repo:example@1/churn@2:environment:prod');
  });

  test('lets in one stage\'s environment alone where only the apply knows which stage the subscription is of', () => {
    const stack = everywhere();
    deliver({}, stack);
    const config = synthesized(stack);
    const counts = resourcesOf(config, 'azurerm_federated_identity_credential').map(({ subject, count }) => [subject.split(':').slice(2).join(':'), count]);
    expect(counts.sort()).toEqual([
      ['environment:dev', '${var.delivery_stage == "dev" ? 1 : 0}'],
      ['environment:prod', '${var.delivery_stage == "prod" ? 1 : 0}'],
      ['environment:staging', '${var.delivery_stage == "staging" ? 1 : 0}'],
      ['ref:refs/heads/main', '${var.delivery_stage == "prod" ? 1 : 0}'],
    ]);
    expect(config.variable.delivery_stage.validation).toMatchObject([{ condition: '${contains(["dev","staging","prod"], var.delivery_stage)}' }]);
  });

  test('says the client ids that the engine needs', () => {
    const outputs = Object.keys(configOf().output).map((name) => name.replace(/_[0-9A-F]{8}$/, '')).sort();
    expect(outputs).toEqual(['Delivery_Deploy-dev_ClientId', 'Delivery_Deploy-prod_ClientId', 'Delivery_Deploy-staging_ClientId', 'Delivery_Look-prod_ClientId']);
  });
});

describe('rights', () => {
  /** A stack with something in it. */
  const full = (props: Partial<DeliveryPipelineProps> = {}) => {
    const stack = azureStack();
    deliver(props, stack);
    const data = new DataLake(stack, 'Data');
    new GovernanceGuardrails(stack, 'Governance', { data, workspace: new PlainWorkspace(stack, 'Workspace'), deletionLocks: true, defenderPlans: ['Arm'], policyChecks: false });
    return synthesized(stack);
  };
  const roleOf = (config: ReturnType<typeof full>, name: string) => resourceAt(config, 'azurerm_role_definition', `Role-${name}`);

  test('of a deployer are the operations of the namespaces that the stack has, without those that hand out keys', () => {
    const { actions, not_actions: notActions, data_actions: dataActions } = roleOf(full(), 'Deployer').permissions[0];
    expect(actions).toEqual([
      'Microsoft.Authorization/locks/delete', 'Microsoft.Authorization/locks/read', 'Microsoft.Authorization/locks/write',
      'Microsoft.Authorization/policyAssignments/delete', 'Microsoft.Authorization/policyAssignments/read', 'Microsoft.Authorization/policyAssignments/write',
      'Microsoft.Authorization/roleAssignments/read', 'Microsoft.Authorization/roleDefinitions/read',
      'Microsoft.Insights/*', 'Microsoft.KeyVault/*', 'Microsoft.ManagedIdentity/*', 'Microsoft.PolicyInsights/*',
      'Microsoft.Resources/subscriptions/resourceGroups/read', 'Microsoft.Resources/subscriptions/resourceGroups/write',
      'Microsoft.Security/*', 'Microsoft.Storage/*',
    ]);
    expect(notActions).toContain('Microsoft.Storage/storageAccounts/listKeys/action');
    expect(dataActions).toBeUndefined();
    expect(actions.filter((each: string) => each === '*' || each.startsWith('Microsoft.Authorization/*'))).toEqual([]);
  });

  test('of who compares are to read', () => {
    const { actions } = roleOf(full(), 'Comparer').permissions[0];
    expect(actions.filter((each: string) => !each.endsWith('/read'))).toEqual([]);
    expect(actions).toContain('Microsoft.Storage/*/read');
  });

  test('in the subscription are to register, and to set what the stack sets there', () => {
    const role = roleOf(full(), 'Registrar');
    expect(role).toMatchObject({ scope: `/subscriptions/${SUBSCRIPTION}`, assignable_scopes: [`/subscriptions/${SUBSCRIPTION}`] });
    expect(role.permissions[0].actions).toEqual([
      'Microsoft.Insights/diagnosticSettings/delete', 'Microsoft.Insights/diagnosticSettings/read', 'Microsoft.Insights/diagnosticSettings/write',
      'Microsoft.Insights/register/action', 'Microsoft.KeyVault/register/action', 'Microsoft.ManagedIdentity/register/action',
      'Microsoft.PolicyInsights/register/action', 'Microsoft.Resources/subscriptions/providers/read', 'Microsoft.Resources/subscriptions/read',
      'Microsoft.Security/pricings/delete', 'Microsoft.Security/pricings/read', 'Microsoft.Security/pricings/write', 'Microsoft.Security/register/action',
      'Microsoft.Storage/register/action',
    ]);
    expect(roleOf(full(), 'Registryreader').permissions[0].actions).toEqual([
      'Microsoft.Insights/diagnosticSettings/read', 'Microsoft.Resources/subscriptions/providers/read', 'Microsoft.Resources/subscriptions/read',
      'Microsoft.Security/pricings/read',
    ]);
  });

  test('to give roles are those that the stack gives, and not its own', () => {
    const config = full();
    const [mayGrant] = resourcesOf(config, 'azurerm_role_assignment').filter(({ condition }) => condition?.includes('roleAssignments:RoleDefinitionId'));
    expect(mayGrant).toMatchObject({
      condition_version: '2.0', role_definition_id: expect.stringContaining('f58310d9-a9f6-439a-9e8d-f62e7b41a168'), principal_type: 'ServicePrincipal',
    });
    const lists = [...mayGrant.condition.matchAll(/@(Request|Resource)\[[^\]]+\] ForAnyOfAnyValues:GuidEquals \{([^}]+)\}/g)].map(([, source, ids]: any) => [source, ids.split(', ')]);
    expect(lists.map(([source]) => source)).toEqual(['Request', 'Resource']);
    const own = resourcesOf(config, 'azurerm_role_definition').filter(({ name }) => name.includes('of MLOps')).map(({ role_definition_id: id }) => id);
    for (const [, ids] of lists) {
      expect(ids).toEqual(expect.arrayContaining(['e147488a-f6f5-4113-8e2d-b22465e65bf6', 'ba92f5b4-2d11-453d-a403-e96b0029c9fe']));
      expect(ids.filter((id: string) => own.includes(id) || id.startsWith('f58310d9'))).toEqual([]);
    }
    expect(mayGrant.condition.length).toBeLessThan(8192);
  });

  test('are none to give where the stack gives none', () => {
    const [mayGrant] = resourcesOf(configOf({ ...ONE, stages: [{ name: 'prod', approval: false }] }), 'azurerm_role_assignment').filter(({ condition }) => condition !== undefined);
    // The state's own role, which the delivery gives.
    expect(mayGrant.condition).toContain('{ba92f5b4-2d11-453d-a403-e96b0029c9fe}');
  });

  test('on the state are to write for who deploys and to read for who compares', () => {
    const given = resourcesOf(configOf(ONE), 'azurerm_role_assignment').filter(({ scope }) => scope === STATE);
    expect(given.map(({ role_definition_id: role }) => role.split('/').pop()).sort()).toEqual(['2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', 'ba92f5b4-2d11-453d-a403-e96b0029c9fe']);
  });

  test('to push images are those of deployers, and to pull them those of who compares', () => {
    const images = registry();
    deliver({ ...ONE, image: { directory: '.' }, registry: images });
    expect(images.asked).toEqual(['push /Delivery/Deploy-prod', 'pull /Delivery/Look-prod']);
    const others = registry();
    deliver({ ...ONE, registry: others });
    expect(others.asked).toEqual([]);
  });

  test('pass the policies, each wildcard with its reason', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'delivery-'));
    try {
      const app = new App({ outdir });
      const stack = new TerraformStack(app, 'Stack');
      new AzureResourceGroup(stack, 'Azure', { subscriptionId: SUBSCRIPTION, tenantId: TENANT, location: 'westeurope' });
      const delivery = deliver(ONE, stack);
      MlopsPolicies.acknowledge(delivery, 'MLOPS-IAM-04', 'guardrails are elsewhere');
      MlopsPolicies.applyTo(delivery);
      app.synth();
      const { policies } = JSON.parse(readFileSync(join(outdir, 'stacks/Stack/compliance.json'), 'utf8'));
      expect(policies['MLOPS-IAM-01'].verdict).toBe('exception');
      expect(policies['MLOPS-IAM-02'].verdict).toBe('compliant');
      expect(policies['MLOPS-IAM-03'].verdict).toBe('compliant');
    } finally {
      rmSync(outdir, { recursive: true });
    }
  });
});

describe('GitHub Actions', () => {
  test('logs Terraform, both providers and the state in by the job\'s own token', () => {
    const { 'deploy-dev': dev, 'diff-prod': compare } = jobsOf();
    expect(dev.permissions).toEqual({ 'contents': 'read', 'id-token': 'write' });
    for (const name of ['Initialize', 'Compare', 'Deploy']) {
      expect(dev.steps.find((step: any) => step.name === name).env).toMatchObject({
        ARM_CLIENT_ID: '${{ vars.AZURE_CLIENT_ID }}',
        ARM_TENANT_ID: '${{ vars.AZURE_TENANT_ID }}',
        ARM_SUBSCRIPTION_ID: '${{ vars.AZURE_SUBSCRIPTION_ID }}',
        ARM_USE_OIDC: 'true',
        ARM_USE_AZUREAD: 'true',
      });
    }
    expect(compare.steps.find((step: any) => step.name === 'Compare').env.ARM_CLIENT_ID).toBe('${{ vars.PROD_AZURE_CLIENT_ID }}');
    expect(dev.steps.find((step: any) => step.name === 'Initialize').run).toBe(
      'terraform init -input=false -backend-config="resource_group_name=$TERRAFORM_STATE_RESOURCE_GROUP" -backend-config="storage_account_name=$TERRAFORM_STATE_ACCOUNT"');
    expect(JSON.stringify(dev)).not.toContain('secrets.');
  });

  test('plans, waits for the approval, and applies the plan that was shown', () => {
    const jobs = jobsOf();
    expect(Object.keys(jobs)).toEqual(['build', 'deploy-dev', 'deploy-staging', 'diff-prod', 'deploy-prod']);
    expect(jobs['deploy-prod']).toMatchObject({ needs: 'diff-prod', environment: 'prod' });
    const runs = (job: string) => jobs[job].steps.map(({ name }: any) => name).filter(Boolean);
    expect(runs('deploy-prod')).toEqual([CHECK, 'Unpack', 'Initialize', 'Compare', 'Deploy']);
    expect(runs('diff-prod')).toEqual([CHECK, 'Unpack', 'Initialize', 'Compare']);
    expect(jobs['deploy-prod'].steps.find(({ name }: any) => name === 'Deploy').run).toContain('stage.tfplan');
  });

  test('stops where GitHub has no value for a variable', () => {
    const stack = everywhere();
    new TerraformVariable(stack, 'size', { type: 'string' });
    new TerraformVariable(stack, 'password', { type: 'string', sensitive: true });
    const { 'deploy-dev': dev } = jobsOf({}, stack);
    const check = dev.steps.find(({ name }: any) => name === CHECK);
    expect(Object.keys(check.env).sort()).toEqual([...NAMES, 'TF_VAR_PASSWORD', 'TF_VAR_SIZE'].sort());
    expect(check.env.TF_VAR_PASSWORD).toBe('${{ secrets.TF_VAR_PASSWORD }}');
    expect(dev.steps.find(({ name }: any) => name === 'Compare').env).toMatchObject({
      TF_VAR_subscription_id: '${{ vars.AZURE_SUBSCRIPTION_ID }}', TF_VAR_size: '${{ vars.TF_VAR_SIZE }}', TF_VAR_delivery_stage: 'dev',
    });
  });

  test('builds the image of the commit in the registry, once', () => {
    const { 'deploy-dev': dev, 'deploy-prod': prod } = jobsOf({ image: { directory: 'workload' }, registry: registry() });
    const build = dev.steps.find(({ name }: any) => name === 'Build the image');
    expect(build.run).toContain('az acr repository show --name "${IMAGE_REPOSITORY%%.*}" --image "${IMAGE_REPOSITORY#*/}/churn:$GITHUB_SHA"');
    expect(build.run).toContain('az acr login --name "${IMAGE_REPOSITORY%%.*}"');
    expect(build.run).toContain('docker push "$IMAGE_REPOSITORY/churn:$GITHUB_SHA"');
    const find = prod.steps.find(({ name }: any) => name === 'Find the image');
    expect(find.run).toContain('--query digest --output tsv');
    expect(find.run).toContain('TF_VAR_image=$IMAGE_REPOSITORY/churn@$digest');
    expect(prod.steps.find(({ uses }: any) => uses === 'azure/login@v2').with).toEqual({
      'client-id': '${{ vars.AZURE_CLIENT_ID }}', 'tenant-id': '${{ vars.AZURE_TENANT_ID }}', 'subscription-id': '${{ vars.AZURE_SUBSCRIPTION_ID }}',
    });
    expect(JSON.stringify(jobsOf())).not.toContain('azure/login');
  });

  test('says what is done once by hand', () => {
    const { workflow } = deliver({ image: { directory: '.' }, registry: registry() });
    expect(workflow).toContain('# - Apply the stack of the delivery pipeline in every stage\'s subscription or resource group, and copy this file from');
    expect(workflow).toContain('need the role AcrPull on the first stage\'s container registry');
    expect(workflow).toContain('AZURE_CLIENT_ID (the stack\'s output ClientId of Deploy-<stage>; of Look-<stage> for the comparison)');
    expect(deliver({ ...ONE, image: { directory: '.' }, registry: registry() }).workflow).not.toContain('AcrPull');
  });

  test('lies beside the configuration, and asks where the state of each stage is', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'delivery-'));
    try {
      const app = new App({ outdir });
      const stack = new TerraformStack(app, 'Stack');
      new AzurermBackend(stack, { storageAccountName: 'given-at-init', containerName: 'churn', key: 'churn.tfstate' });
      new AzureResourceGroup(stack, 'Azure', { subscriptionId: SUBSCRIPTION, tenantId: TENANT, location: 'westeurope' });
      const delivery = new DeliveryPipeline(stack, 'Delivery', { repository: 'example/churn' });
      app.synth();
      expect(readFileSync(join(outdir, 'stacks/Stack/deliver-Stack.yml'), 'utf8')).toBe(delivery.workflow);
      const config = JSON.parse(readFileSync(join(outdir, 'stacks/Stack/cdk.tf.json'), 'utf8'));
      const scopes = resourcesOf(config, 'azurerm_role_assignment').map(({ scope }) => scope);
      expect(scopes).toContain(`/subscriptions/${SUBSCRIPTION}/resourceGroups/\${var.state_resource_group}/providers/Microsoft.Storage/storageAccounts/\${var.state_account}/blobServices/default/containers/churn`);
      const compare = parse(delivery.workflow!).jobs['deploy-dev'].steps.find(({ name }: any) => name === 'Compare');
      expect(compare.env).toMatchObject({ TF_VAR_state_resource_group: '${{ vars.TERRAFORM_STATE_RESOURCE_GROUP }}', TF_VAR_state_account: '${{ vars.TERRAFORM_STATE_ACCOUNT }}' });
    } finally {
      rmSync(outdir, { recursive: true });
    }
  });
});

describe('Azure DevOps', () => {
  const pipelineOf = (props: Partial<DeliveryPipelineProps> = {}, stack = azureStack()) =>
    parse(deliver({ engine: DEVOPS, ...props }, stack).pipeline!);
  const stepsOf = (stage: any) => (stage.jobs[0].steps ?? stage.jobs[0].strategy.runOnce.deploy.steps) as any[];
  const stageOf = (pipeline: any, name: string) => pipeline.stages.find(({ stage }: any) => stage === name);

  test('goes from stage to stage, compares before the approval, and never delivers a stage twice at the same time', () => {
    const { stages, trigger, pool } = pipelineOf();
    expect(stages.map(({ stage, dependsOn }: any) => [stage, dependsOn])).toEqual([
      ['Build', undefined], ['Deploy_dev', 'Build'], ['Deploy_staging', 'Deploy_dev'], ['Compare_prod', 'Deploy_staging'], ['Deploy_prod', 'Compare_prod'],
    ]);
    expect(trigger.branches.include).toEqual(['main']);
    expect(pool).toEqual({ vmImage: 'ubuntu-latest' });
    for (const stage of stages.slice(1)) expect(stage.condition).toContain("eq(variables['Build.SourceBranch'], 'refs/heads/main')");
    const prod = stages.at(-1);
    expect(prod).toMatchObject({ lockBehavior: 'sequential', variables: [{ group: 'deliver-Stack-prod' }] });
    expect(prod.jobs[0]).toMatchObject({ deployment: 'Deploy', environment: 'prod' });
  });

  test('trusts the tokens of its connections alone', () => {
    const stack = azureStack();
    deliver({ engine: DEVOPS }, stack);
    expect(resourcesOf(synthesized(stack), 'azurerm_federated_identity_credential').map((each) => [each.issuer, each.subject]).sort()).toEqual(
      ['churn-dev', 'churn-prod', 'churn-prod-look', 'churn-staging'].map((name) => [issuer, `/eid1/c/pub/t/x/sc/${name}`]));
  });

  test('logs Terraform in by the connection, and applies the plan that was shown', () => {
    const pipeline = pipelineOf();
    const deploy = stepsOf(stageOf(pipeline, 'Deploy_prod')).at(-1);
    expect(deploy).toMatchObject({ task: 'AzureCLI@2', inputs: { azureSubscription: 'churn-prod', addSpnToEnvironment: true, workingDirectory: '$(Pipeline.Workspace)/cdktf.out/stacks/Stack' } });
    for (const part of ['ARM_USE_OIDC=true', 'ARM_USE_AZUREAD=true', 'ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID="$AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"', 'ARM_CLIENT_ID="$servicePrincipalId"']) {
      expect(deploy.inputs.inlineScript).toContain(part);
    }
    expect(deploy.inputs.inlineScript).toMatch(/terraform init .*\nterraform plan .*-out=stage\.tfplan\nterraform apply .*stage\.tfplan\n$/);
    expect(deploy.env.SYSTEM_ACCESSTOKEN).toBe('$(System.AccessToken)');
    const compare = stepsOf(stageOf(pipeline, 'Compare_prod')).at(-1);
    expect(compare.inputs.azureSubscription).toBe('churn-prod-look');
    expect(compare.inputs.inlineScript).not.toContain('apply');
  });

  test('checks its own file, and unpacks what was built where nothing of an earlier run is', () => {
    const pipeline = pipelineOf({ workingDirectory: 'infra' });
    const build = stepsOf(pipeline.stages[0]);
    expect(build.find(({ displayName }) => displayName?.startsWith('Check that this file')).script)
      .toBe('diff -u .azure-pipelines/deliver-infra-Stack.azure-pipelines.yml infra/cdktf.out/stacks/Stack/deliver-infra-Stack.azure-pipelines.yml');
    const [, download, unpack, install] = stepsOf(stageOf(pipeline, 'Deploy_dev'));
    expect(download).toEqual({ download: 'current', artifact: 'synthesized' });
    expect(unpack).toMatchObject({ script: 'rm -rf cdktf.out && tar -xzf synthesized/cdktf.out.tgz', workingDirectory: '$(Pipeline.Workspace)' });
    expect(install.script).toContain("grep -E '^1\\.11(\\.[0-9]+)*$'");
    expect(install.script).toContain('sha256sum --check');
  });

  test('has the values of the stack\'s variables from the group of the stage', () => {
    const stack = everywhere();
    new TerraformVariable(stack, 'image', { type: 'string' });
    new TerraformVariable(stack, 'password', { type: 'string', sensitive: true });
    const delivery = deliver({ engine: DEVOPS }, stack);
    const deploy = stepsOf(stageOf(parse(delivery.pipeline!), 'Deploy_dev')).at(-1);
    expect(deploy.env).toMatchObject({
      TF_VAR_image: '$(TF_VAR_IMAGE)', TF_VAR_password: '$(TF_VAR_PASSWORD)', TF_VAR_subscription_id: '$(AZURE_SUBSCRIPTION_ID)', TF_VAR_delivery_stage: 'dev',
    });
    expect(delivery.pipeline).toContain("Make the variable group 'deliver-Stack-dev': AZURE_SUBSCRIPTION_ID, TERRAFORM_STATE_RESOURCE_GROUP, TERRAFORM_STATE_ACCOUNT, TF_VAR_IMAGE, TF_VAR_PASSWORD (a secret).");
  });

  test('has no workflow', () => {
    const delivery = deliver({ engine: DEVOPS });
    expect(delivery.workflow).toBeUndefined();
    expect(deliver().pipeline).toBeUndefined();
  });
});

describe('stages that would all be the same stack in the same group', () => {
  const warning = "delivery pipeline 'Stack/Delivery': dev delivers what staging and prod would, to the same resource group, before any approval: "
    + 'give one stage, or make the subscription a variable and apply to one for each stage';

  test('are told apart by nothing, which is said', () => {
    expect(deliver().node.metadata.map(({ data }) => data)).toEqual([warning]);
  });

  test('are not those of a subscription that is a variable, nor is one stage', () => {
    expect(deliver({}, everywhere()).node.metadata).toEqual([]);
    expect(deliver(ONE).node.metadata).toEqual([]);
  });
});

describe('refuses', () => {
  const connections = (prod: any): DeliveryEngine => DeliveryEngine.azureDevOps({ connections: { prod } });
  test.each<[string, Partial<DeliveryPipelineProps>, string]>([
    ['no repository', { repository: 'churn' }, "repository must be a repository on GitHub as 'owner/name', or as 'owner@<id>/name@<id>', got 'churn'"],
    ['no stage', { stages: [] }, 'stages must be at least one stage, got []'],
    ['a version of Terraform', { terraformVersion: 'latest' }, "terraformVersion must be a version like '~1.11' or '1.11.4', got 'latest'"],
    ['an image without a registry', { image: { directory: '.' } }, 'image is pushed to the repository of a registry: give registry as well'],
    ['a container', { stateContainerId: 'state' },
      "stateContainerId must be the ARM id of a blob container, …/storageAccounts/<account>/blobServices/default/containers/<name>, got 'state'"],
    ['a state that nobody shares', { stateContainerId: undefined },
      'stateContainerId is needed: the stack has no AzurermBackend, and a delivery without a shared state would start from nothing every time'],
    ['an image with Azure DevOps', { engine: DEVOPS, image: { directory: '.' }, registry: registry() },
      'image is built by GitHub Actions only: with Azure DevOps, build it in the test command, and let the synth command write its address into image.auto.tfvars beside cdk.tf.json'],
    ['a stage without connections', { engine: ONE_DEVOPS }, "connections has none for the stage 'dev'"],
    ['connections without a stage', { engine: DEVOPS, ...ONE }, "connections must be those of the stages prod, got 'dev'"],
    ['a comparison with the rights of who deploys', { ...ONE, engine: connections({ deploy: connection('churn-prod') }) },
      'connections.prod.look is needed: what is compared before the approval must not have the rights of who deploys'],
    ['a comparison without an approval', { stages: [{ name: 'prod', approval: false }], engine: ONE_DEVOPS },
      'connections.prod.look compares before an approval, and the stage has none'],
    ['an issuer', { ...ONE, engine: connections({ deploy: { ...connection('x'), issuer: 'http://x' }, look: connection('y') }) },
      "connections.prod.deploy.issuer must be the issuer that Azure DevOps shows, https://…, got 'http://x'"],
    ['a pattern of subjects', { ...ONE, engine: connections({ deploy: { ...connection('x'), subject: 'sc://*' }, look: connection('y') }) },
      "connections.prod.deploy.subject must be the subject that Azure DevOps shows, got 'sc://*'"],
    ['a pipeline\'s file', { ...ONE, engine: DeliveryEngine.azureDevOps({ connections: {}, pipelineFile: 'x' }) }, "pipelineFile must be the name of a YAML file, got 'x'"],
  ])('%s', (_, props, message) => {
    expect(() => deliver(props)).toThrow(new Error(`delivery pipeline 'Stack/Delivery': ${message}`));
  });

  test('a stage that it does not have', () => {
    const pipeline = deliver();
    expect(pipeline.deployer('dev').clientId).toBeDefined();
    expect(() => pipeline.deployer('qa')).toThrow(new Error("delivery pipeline 'Stack/Delivery': stage must be one of dev, staging, prod, got 'qa'"));
  });
});

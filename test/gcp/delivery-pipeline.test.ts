import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object';
import { App, GcsBackend, TerraformStack, TerraformVariable, Testing } from 'cdktf';
import { Construct } from 'constructs';
import { parse } from 'yaml';
import { DataLake, DeliveryEngine, DeliveryPipeline, DeliveryPipelineProps, GoogleProject, GovernanceGuardrails } from '../../src/gcp';
import { googleStack, onlyResource, resourceAt, resourcesOf, synthesized } from '../support/terraform';

const BUILD = { connectedRepository: 'projects/p/locations/europe-west4/connections/c/repositories/r', builderImage: 'europe-west4-docker.pkg.dev/p/tools/builder:1' };
const REGISTRY: any = { imageRepositoryUri: 'x', modelName: 'churn' };
const CODE = { repository: 'example/churn', stateBucketName: 'state' };
const CHECK = 'Check that every variable is set';
const ONE = { stages: [{ name: 'prod' }] };

function deliver(props: Partial<DeliveryPipelineProps> = {}, stack = googleStack()): DeliveryPipeline {
  return new DeliveryPipeline(stack, 'Delivery', { ...CODE, ...props });
}

function configOf(props: Partial<DeliveryPipelineProps> = {}) {
  const stack = googleStack();
  deliver(props, stack);
  return synthesized(stack);
}

test('two in a stack write one file: the later one\'s stays, with a warning', () => {
  const stack = googleStack();
  const warnings = () => stack.node.findAll().flatMap(({ node }) => node.metadata).filter(({ type }) => type === '@cdktf/warn').map(({ data }) => data);
  deliver({ engine: DeliveryEngine.cloudBuild(BUILD), ...ONE }, stack);
  new DeliveryPipeline(new Construct(stack, 'Churn'), 'Delivery', { ...CODE, ...ONE });
  expect(warnings()).toEqual([]);
  new DeliveryPipeline(new Construct(stack, 'Fraud'), 'Delivery', { ...CODE, ...ONE });
  expect(warnings()).toEqual([
    "delivery pipeline 'Stack/Fraud/Delivery': its deliver-Stack.yml takes the place of that of 'Stack/Churn/Delivery': one delivery is enough for a stack; give each product a stack of its own, or one of the two a workflowFile of its own",
  ]);
  new DeliveryPipeline(new Construct(stack, 'Ads'), 'Delivery', { ...CODE, ...ONE, engine: DeliveryEngine.gitHubActions({ workflowFile: 'ads.yml' }) });
  expect(warnings()).toHaveLength(1);
});

test('stacks and apps of one repository have a workflow each: file, check, name and concurrency groups are not another\'s', () => {
  const workflowOf = (id: string, props: Partial<DeliveryPipelineProps> = {}) => {
    const stack = new TerraformStack(Testing.app(), id);
    new GoogleProject(stack, 'Google', { projectId: 'my-project', region: 'europe-west4' });
    return parse(deliver({ ...ONE, ...props }, stack).workflow!);
  };
  const namesOf = ({ name, concurrency, jobs }: any) => [
    name, concurrency.group, jobs['deploy-prod'].concurrency.group, jobs.build.steps.find((step: any) => step.name?.startsWith('Check that this file')).run,
  ];
  const run = "${{ github.event_name == 'pull_request' && github.ref || github.run_id }}";
  expect(namesOf(workflowOf('Churn'))).toEqual([
    'Deliver Churn', `deliver-Churn-${run}`, 'deliver-Churn-deploy-prod', 'diff -u .github/workflows/deliver-Churn.yml cdktf.out/stacks/Churn/deliver-Churn.yml',
  ]);
  expect(namesOf(workflowOf('Churn', { workingDirectory: 'apps/eu' }))).toEqual([
    'Deliver apps eu Churn', `deliver-apps-eu-Churn-${run}`, 'deliver-apps-eu-Churn-deploy-prod',
    'diff -u .github/workflows/deliver-apps-eu-Churn.yml apps/eu/cdktf.out/stacks/Churn/deliver-apps-eu-Churn.yml',
  ]);
  expect(namesOf(workflowOf('Churn', { engine: DeliveryEngine.gitHubActions({ workflowFile: 'ship.yaml' }) }))).toEqual([
    'Ship', `ship-${run}`, 'ship-deploy-prod', 'diff -u .github/workflows/ship.yaml cdktf.out/stacks/Churn/ship.yaml',
  ]);
});

describe('trust', () => {
  test('lets in the repository alone, from its environments and its branch', () => {
    const provider = onlyResource(configOf({ branch: 'trunk', stages: [{ name: 'dev' }, { name: 'prod' }] }), 'google_iam_workload_identity_pool_provider');
    expect(provider.attribute_condition).toBe(
      "assertion.repository == 'example/churn' && assertion.sub in ['repo:example/churn:environment:dev', " +
      "'repo:example/churn:environment:prod', 'repo:example/churn:ref:refs/heads/trunk']",
    );
    expect(provider.oidc).toEqual({ issuer_uri: 'https://token.actions.githubusercontent.com' });
    expect(provider.attribute_mapping).toEqual({ 'google.subject': 'assertion.sub', 'attribute.repository': 'assertion.repository' });
  });

  test('gives each stage an identity for its environment, and the comparison one for the branch', () => {
    const members = resourcesOf(configOf(), 'google_service_account_iam_member').map(({ member }) => member.replace(/^.*\/subject\//, ''));
    expect(members).toEqual([
      'repo:example/churn:environment:dev', 'repo:example/churn:environment:prod', 'repo:example/churn:environment:staging',
      'repo:example/churn:ref:refs/heads/main',
    ]);
  });

  describe('where only the apply knows which stage the project is of', () => {
    const everywhere = (props: Partial<DeliveryPipelineProps> = {}) => {
      const stack = new TerraformStack(Testing.app(), 'Stack');
      new GoogleProject(stack, 'Google', { projectId: new TerraformVariable(stack, 'project', { type: 'string' }).stringValue, region: 'europe-west4' });
      return { stack, delivery: deliver(props, stack) };
    };

    test('a project lets in the environment of its own stage alone: not that of another, which nobody approves', () => {
      const config = synthesized(everywhere().stack);
      expect(config.variable.delivery_stage).toEqual({
        type: 'string',
        description: 'Which stage this project is: dev, staging, prod. GitHub\'s environment of that name alone may deliver here',
        validation: [{ condition: '${contains(["dev","staging","prod"], var.delivery_stage)}', error_message: 'The stage must be one of dev, staging, prod.' }],
      });
      expect(onlyResource(config, 'google_iam_workload_identity_pool_provider').attribute_condition).toBe(
        'assertion.repository == \'example/churn\' && assertion.sub in [${lookup({'
        + '"dev":"\'repo:example/churn:environment:dev\'","staging":"\'repo:example/churn:environment:staging\'",'
        + '"prod":"\'repo:example/churn:environment:prod\', \'repo:example/churn:ref:refs/heads/main\'"}, var.delivery_stage, "")}]');
      expect(resourcesOf(config, 'google_service_account_iam_member').map(({ member, count }) => [member.replace(/^.*\/subject\//, ''), count])).toEqual([
        ['repo:example/churn:environment:dev', '${var.delivery_stage == "dev" ? 1 : 0}'],
        ['repo:example/churn:environment:prod', '${var.delivery_stage == "prod" ? 1 : 0}'],
        ['repo:example/churn:environment:staging', '${var.delivery_stage == "staging" ? 1 : 0}'],
        ['repo:example/churn:ref:refs/heads/main', '${var.delivery_stage == "prod" ? 1 : 0}'],
      ]);
    });

    test('the workflow says the stage, and its head that it is said the first time', () => {
      const { delivery } = everywhere();
      const { jobs } = parse(delivery.workflow!);
      const said = (job: string) => jobs[job].steps.find(({ name }: any) => name === 'Compare').env.TF_VAR_delivery_stage;
      expect(['deploy-dev', 'diff-prod', 'deploy-prod'].map(said)).toEqual(['dev', 'prod', 'prod']);
      expect(delivery.workflow).toContain("in every stage's project, with the stage's name as its variable delivery_stage, and copy");
      expect(delivery.workflow).not.toContain('TF_VAR_DELIVERY_STAGE');
    });

    test('one stage needs no such variable', () => {
      const { stack, delivery } = everywhere({ stages: [{ name: 'prod' }] });
      expect(synthesized(stack).variable.delivery_stage).toBeUndefined();
      expect(delivery.workflow).not.toContain('delivery_stage');
      expect(resourcesOf(synthesized(stack), 'google_service_account_iam_member').map(({ count }) => count)).toEqual([undefined, undefined]);
    });
  });

  test('knows repositories by their ids, where GitHub does', () => {
    const provider = onlyResource(configOf({ repository: 'example@1/churn@2' }), 'google_iam_workload_identity_pool_provider');
    expect(provider.attribute_condition).toContain("assertion.repository == 'example/churn' && assertion.sub in ['repo:example@1/churn@2:environment:dev'");
  });

  test('makes a pool of another id, where the old one is still taken', () => {
    const config = configOf({ engine: DeliveryEngine.gitHubActions({ poolId: 'churn-second' }) });
    expect(onlyResource(config, 'google_iam_workload_identity_pool').workload_identity_pool_id).toBe('churn-second');
  });

  test('uses a provider that trusts GitHub already', () => {
    const config = configOf({
      engine: DeliveryEngine.gitHubActions({ workloadIdentityProvider: 'projects/1/locations/global/workloadIdentityPools/hub/providers/github' }),
    });
    expect(config.resource.google_iam_workload_identity_pool).toBeUndefined();
    expect(resourceAt(config, 'google_service_account_iam_member', 'Deploy-dev_Federation').member)
      .toBe('principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/hub/subject/repo:example/churn:environment:dev');
  });
});

describe('rights', () => {
  test('a deployer has the roles of what the stack has, and no owner or editor', () => {
    const stack = googleStack();
    new DataLake(stack, 'Data');
    deliver({}, stack);
    const may = resourceAt(synthesized(stack), 'google_project_iam_member', 'Deploy-dev_May');
    expect(may.role).toBe('roles/${each.value}');
    const roles: string[] = JSON.parse(/^\$\{toset\((.*)\)\}$/.exec(may.for_each)![1]);
    expect(roles).toEqual(expect.arrayContaining(['storage.admin', 'bigquery.admin', 'cloudkms.admin', 'iam.serviceAccountAdmin']));
    expect(roles).not.toEqual(expect.arrayContaining(['aiplatform.admin']));
    expect(roles.filter((role) => /^(owner|editor|viewer)$/.test(role))).toEqual([]);
  });

  test('a deployer may give the roles that the stack gives, and no others: not its own', () => {
    const stack = googleStack();
    deliver({ engine: DeliveryEngine.cloudBuild(BUILD) }, stack);
    const mayGrant = resourceAt(synthesized(stack), 'google_project_iam_member', 'Deploy-dev_MayGrant');
    expect(mayGrant.role).toBe('roles/resourcemanager.projectIamAdmin');
    expect(mayGrant.condition.expression).toBe(
      "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/logging.logWriter'])",
    );
  });

  test('who compares only looks', () => {
    const config = configOf();
    const roles: string[] = JSON.parse(/^\$\{toset\((.*)\)\}$/.exec(resourceAt(config, 'google_project_iam_member', 'Look-prod_May').for_each)![1]);
    expect(roles.filter((role) => /[aA]dmin|editor/.test(role))).toEqual([]);
    expect(resourceAt(config, 'google_storage_bucket_iam_member', 'Look-prod_State').role).toBe('roles/storage.objectViewer');
    expect(resourceAt(config, 'google_storage_bucket_iam_member', 'Deploy-prod_State')).toMatchObject({ bucket: 'state', role: 'roles/storage.objectUser' });
  });

  test('who compares reads the settings of logging, by a role that can do nothing else', () => {
    const config = configOf();
    const role = resourceAt(config, 'google_project_iam_custom_role', 'Look-prod_LogSettingsReader');
    expect(role).toMatchObject({ role_id: expect.stringMatching(/^[a-z0-9_]{3,64}$/), permissions: ['logging.settings.get'] });
    expect(resourceAt(config, 'google_project_iam_member', 'Look-prod_LogSettings').role)
      .toMatch(/^\$\{google_project_iam_custom_role\..*Look-prod_LogSettingsReader.*\.name\}$/);
    expect(resourceAt(config, 'google_project_iam_member', 'Look-prod_May').for_each).toContain('"iam.roleViewer"');
    expect(resourceAt(config, 'google_project_iam_member', 'Deploy-prod_May').for_each).toContain('"iam.roleViewer"');
  });

  test('who compares reads the objects that the stack writes, and no others', () => {
    const stack = googleStack();
    for (const name of ['b/start.sh', 'a/card.md']) new StorageBucketObject(stack, name.slice(0, 1), { bucket: 'artifacts', name, content: 'x' });
    deliver({}, stack);
    const config = synthesized(stack);
    expect(resourceAt(config, 'google_project_iam_member', 'Look-prod_Objects')).toMatchObject({
      for_each: '${zipmap(["a/card.md","b/start.sh"], ["storage.objectViewer","storage.objectViewer"])}',
      role: 'roles/${each.value}',
      condition: { title: 'one object of the stack', expression: 'resource.name.endsWith("/objects/${each.key}")' },
    });
    expect(resourceAt(config, 'google_project_iam_member', 'Deploy-prod_MayGrant').condition.expression).not.toContain('storage.objectViewer');
  });
});

describe('the workflow', () => {
  const jobsOf = (props: Partial<DeliveryPipelineProps> = {}, stack = googleStack()) => parse(deliver(props, stack).workflow!).jobs;

  test('goes from the build to the stages in order, and compares before somebody approves', () => {
    const jobs = jobsOf();
    expect(Object.entries<any>(jobs).map(([name, job]) => [name, job.needs, job.environment])).toEqual([
      ['build', undefined, undefined],
      ['deploy-dev', 'build', 'dev'],
      ['deploy-staging', 'deploy-dev', 'staging'],
      ['diff-prod', 'deploy-staging', undefined],
      ['deploy-prod', 'diff-prod', 'prod'],
    ]);
  });

  test('plans and applies what was planned, with the values of the stack\'s variables', () => {
    const stack = googleStack();
    for (const name of ['project', 'image']) new TerraformVariable(stack, name, { type: 'string' });
    new TerraformVariable(stack, 'size', { type: 'number', default: 1 });
    const steps: any[] = jobsOf({}, stack)['deploy-dev'].steps;
    const plan = steps.find(({ name }) => name === 'Compare');
    expect(plan.run).toContain('terraform plan -input=false -no-color -lock-timeout=20m -out=stage.tfplan 2>&1');
    const init = steps.find(({ name }) => name === 'Initialize');
    expect(init).toMatchObject({
      run: 'terraform init -input=false -backend-config="bucket=$TERRAFORM_STATE_BUCKET"', env: { TERRAFORM_STATE_BUCKET: '${{ vars.TERRAFORM_STATE_BUCKET }}' },
    });
    expect(plan.env).toEqual({ TF_VAR_image: '${{ vars.TF_VAR_IMAGE }}', TF_VAR_project: '${{ vars.GOOGLE_PROJECT }}' });
    expect(steps.at(-1)).toEqual({ 'name': 'Deploy', 'run': 'terraform apply -input=false -lock-timeout=20m stage.tfplan', 'working-directory': 'cdktf.out/stacks/Stack' });
  });

  test('logs in as the stage\'s deployer without a key', () => {
    const login = jobsOf()['deploy-dev'].steps.find(({ uses }: any) => uses?.startsWith('google-github-actions/auth'));
    expect(login.with).toEqual({
      project_id: '${{ vars.GOOGLE_PROJECT }}',
      workload_identity_provider: '${{ vars.GOOGLE_WORKLOAD_IDENTITY_PROVIDER }}',
      service_account: expect.stringMatching(/^stack-delivery-dep.*@\$\{\{ vars\.GOOGLE_PROJECT \}\}\.iam\.gserviceaccount\.com$/),
    });
  });

  test('builds the image once, in the first stage, and runs it by its digest everywhere', () => {
    const stack = googleStack();
    new TerraformVariable(stack, 'image', { type: 'string' });
    const registry: any = { imageRepositoryUri: 'europe-west4-docker.pkg.dev/my-project/churn', modelName: 'churn' };
    const jobs = jobsOf({ image: { directory: '.', dockerfile: 'app/Dockerfile' }, registry }, stack);
    const names = (job: string) => jobs[job].steps.map(({ name }: any) => name).filter(Boolean);
    expect(names('deploy-dev')).toEqual([CHECK, 'Unpack', 'Build the image', 'Find the image', 'Initialize', 'Compare', 'Deploy']);
    expect(names('deploy-prod')).toEqual([CHECK, 'Unpack', 'Find the image', 'Initialize', 'Compare', 'Deploy']);
    const build = jobs['deploy-dev'].steps.find(({ name }: any) => name === 'Build the image');
    // A build that runs again takes what is there: the tag can be given once.
    expect(build.run).toMatch(/^if ! gcloud artifacts docker images describe "\$IMAGE_REPOSITORY\/churn:\$GITHUB_SHA" > \/dev\/null 2>&1; then\n[^]*\nfi\n$/);
    expect(build.run).toContain('gcloud auth configure-docker "${IMAGE_REPOSITORY%%/*}" --quiet\n');
    expect(build.run).toContain('docker build --build-arg MLOPS_COMMIT="$GITHUB_SHA" --tag "$IMAGE_REPOSITORY/churn:$GITHUB_SHA" --file "app/Dockerfile" "."');
    expect(build.env).toEqual({ IMAGE_REPOSITORY: '${{ vars.DEV_IMAGE_REPOSITORY }}' });
    // What GitHub writes into a command is run: values come in by the environment.
    const commands = Object.values<any>(jobs).flatMap(({ steps }) => steps.map(({ run }: any) => run)).filter(Boolean);
    expect(commands.filter((command: string) => command.includes('${{'))).toEqual([]);
    expect(jobs['deploy-dev'].steps.find(({ name }: any) => name === 'Compare').env).toBeUndefined();
    expect(onlyOutput(synthesized(stack), 'ImageRepository')).toBe('europe-west4-docker.pkg.dev/my-project/churn');
  });

  test('builds the image from the files of the commit: neither the login\'s credentials nor what was synthesized are in its context', () => {
    const registry: any = { imageRepositoryUri: 'x', modelName: 'churn' };
    const { steps } = jobsOf({ image: { directory: 'app' }, registry })['deploy-dev'];
    const { run } = steps.find(({ name }: any) => name === 'Build the image');
    const folder = mkdtempSync(join(tmpdir(), 'delivery-'));
    const inFolder = (...parts: string[]) => join(folder, ...parts);
    const write = (file: string, text: string, mode = 0o644) => {
      mkdirSync(dirname(inFolder(file)), { recursive: true });
      writeFileSync(inFolder(file), text, { mode });
    };
    try {
      write('bin/gcloud', '#!/bin/bash\n[ "$1" = auth ]\n', 0o755);
      write('bin/docker', `#!/bin/bash\n[ "$1" = push ] || { echo "\${@: -1}"; pwd; find . -type f | sort; } >> ${inFolder('context')}\n`, 0o755);
      for (const [file, text] of Object.entries({ 'app/Dockerfile': 'FROM x\nCOPY . .\n', 'app/.env.example': 'A=1', 'README.md': 'read' })) write(`work/${file}`, text);
      const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: inFolder('work') });
      git('init', '--quiet');
      git('add', '.');
      git('commit', '--quiet', '--message', 'x');
      for (const file of ['gha-creds-1.json', 'app/gha-creds-2.json', 'app/cdktf.out/cdk.tf.json', 'cdktf.out.tgz']) write(`work/${file}`, 'secret');
      mkdirSync(inFolder('temp'));
      execFileSync('bash', ['-e', '-c', run], {
        cwd: inFolder('work'),
        env: { ...process.env, PATH: `${inFolder('bin')}:${process.env.PATH}`, RUNNER_TEMP: inFolder('temp'), IMAGE_REPOSITORY: 'host/r', GITHUB_SHA: 'abc' },
      });
      expect(readFileSync(inFolder('context'), 'utf8').trim().split('\n')).toEqual([
        'app', inFolder('temp', 'commit'), './README.md', './app/.env.example', './app/Dockerfile',
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('stops where GitHub has no value for a variable, which it hands over as empty text', () => {
    const stack = googleStack();
    new TerraformVariable(stack, 'image', { type: 'string' });
    new TerraformVariable(stack, 'token', { type: 'string', sensitive: true });
    const delivery = deliver({}, stack);
    const { 'deploy-dev': dev, 'diff-prod': diff } = parse(delivery.workflow!).jobs;
    expect(dev.steps[0].env).toEqual({
      GOOGLE_PROJECT: '${{ vars.GOOGLE_PROJECT }}',
      GOOGLE_WORKLOAD_IDENTITY_PROVIDER: '${{ vars.GOOGLE_WORKLOAD_IDENTITY_PROVIDER }}',
      TERRAFORM_STATE_BUCKET: '${{ vars.TERRAFORM_STATE_BUCKET }}',
      TF_VAR_IMAGE: '${{ vars.TF_VAR_IMAGE }}',
      TF_VAR_TOKEN: '${{ secrets.TF_VAR_TOKEN }}',
    });
    expect(dev.steps.find(({ name }: any) => name === 'Compare').env).toEqual({ TF_VAR_image: '${{ vars.TF_VAR_IMAGE }}', TF_VAR_token: '${{ secrets.TF_VAR_TOKEN }}' });
    expect(Object.keys(diff.steps[0].env)).toContain('PROD_TF_VAR_IMAGE');
    expect(delivery.workflow).toContain("#     TF_VAR_TOKEN (the stack's variable token; as a secret, not as a variable)\n");
    const check = (env: object) => spawnSync('bash', ['-eo', 'pipefail', '-c', dev.steps[0].run], { env: { ...process.env, ...env }, encoding: 'utf8' });
    const all = { GOOGLE_PROJECT: 'p', GOOGLE_WORKLOAD_IDENTITY_PROVIDER: 'w', TERRAFORM_STATE_BUCKET: 's', TF_VAR_IMAGE: 'i', TF_VAR_TOKEN: 't' };
    expect(check(all)).toMatchObject({ status: 0, stdout: '' });
    expect(check({ ...all, TF_VAR_IMAGE: '', GOOGLE_PROJECT: '' })).toMatchObject({
      status: 1, stdout: '::error::GitHub has no value for GOOGLE_PROJECT TF_VAR_IMAGE: set them as the first lines of the workflow file say\n',
    });
  });

  test('a first stage that somebody approves is compared by the tag of the image, which is built after the approval', () => {
    const jobs = jobsOf({ stages: [{ name: 'prod' }], image: { directory: '.' }, registry: REGISTRY });
    const named = (job: string) => jobs[job].steps.map(({ name }: any) => name).filter(Boolean);
    expect(named('diff-prod')).toEqual([CHECK, 'Unpack', 'Name the image that is to be built', 'Initialize', 'Compare']);
    expect(jobs['diff-prod'].steps.find(({ name }: any) => name?.startsWith('Name')).run).toBe('echo "TF_VAR_image=$IMAGE_REPOSITORY/churn:$GITHUB_SHA" >> "$GITHUB_ENV"');
    expect(named('deploy-prod')).toEqual([CHECK, 'Unpack', 'Build the image', 'Find the image', 'Initialize', 'Compare', 'Deploy']);
  });

  test('what is compared before an approval reads variables of the repository, of its own stage', () => {
    const stack = googleStack();
    for (const name of ['project', 'size']) new TerraformVariable(stack, name, { type: 'string' });
    const pipeline = deliver({ stages: [{ name: 'staging', approval: true }, { name: 'prod-eu' }] }, stack);
    const { jobs } = parse(pipeline.workflow!);
    const varsOf = (job: string) => [...new Set([...JSON.stringify(jobs[job]).matchAll(/vars\.(\w+)/g)].map(([, name]) => name))].sort();
    const names = ['GOOGLE_PROJECT', 'GOOGLE_WORKLOAD_IDENTITY_PROVIDER', 'TERRAFORM_STATE_BUCKET', 'TF_VAR_SIZE'];
    expect(varsOf('deploy-staging')).toEqual(names);
    expect(varsOf('diff-staging')).toEqual(names.map((name) => `STAGING_${name}`));
    expect(varsOf('diff-prod-eu')).toEqual(names.map((name) => `PROD_EU_${name}`));
    expect(pipeline.workflow).toContain('#     and the same as variables of the repository with PROD_EU_ before their names, which');
  });

  test('keeps what was synthesized as it is, and nothing of an earlier run', () => {
    const { build, 'deploy-dev': dev } = jobsOf({ workingDirectory: 'infra' });
    expect(build.steps.slice(-2)).toEqual([
      { 'name': 'Pack', 'run': 'tar -czf cdktf.out.tgz cdktf.out', 'working-directory': 'infra' },
      { uses: 'actions/upload-artifact@v7', with: { 'name': 'cdktf.out', 'path': 'infra/cdktf.out.tgz', 'if-no-files-found': 'error', 'overwrite': true } },
    ]);
    expect(dev.steps.slice(1, 3)).toEqual([
      { uses: 'actions/download-artifact@v8', with: { name: 'cdktf.out', path: 'infra' } },
      { 'name': 'Unpack', 'run': 'rm -rf cdktf.out && tar -xzf cdktf.out.tgz', 'working-directory': 'infra' },
    ]);
    expect(build.steps[1].with['cache-dependency-path']).toBe('**/package-lock.json');
  });

  test('runs in the folder of the app, with the commands of the app, on the machines that are asked for', () => {
    const { build } = jobsOf({
      workingDirectory: 'infra',
      nodeVersion: '24',
      installCommand: 'yarn install',
      testCommand: 'yarn test',
      synthCommand: 'yarn synth',
      engine: DeliveryEngine.gitHubActions({ runner: 'self-hosted' }),
    });
    expect(build['runs-on']).toBe('self-hosted');
    expect(build.steps.map(({ run, with: given }: any) => run ?? given).slice(1, 6)).toEqual([
      { 'node-version': '24' }, 'yarn install', 'yarn test', 'yarn synth',
      'diff -u .github/workflows/deliver-infra-Stack.yml infra/cdktf.out/stacks/Stack/deliver-infra-Stack.yml',
    ]);
  });

  test('uses the version of Terraform that is asked for', () => {
    const setup = jobsOf({ terraformVersion: '1.9.8' })['deploy-dev'].steps.find(({ uses }: any) => uses?.startsWith('hashicorp/setup-terraform'));
    expect(setup.with.terraform_version).toBe('1.9.8');
  });

  test('lies beside the configuration', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'delivery-'));
    try {
      const app = new App({ outdir });
      const stack = new TerraformStack(app, 'Stack');
      new GcsBackend(stack, { bucket: 'the-state' });
      new GoogleProject(stack, 'Google', { projectId: 'my-project', region: 'europe-west4' });
      const delivery = new DeliveryPipeline(stack, 'Delivery', { repository: 'example/churn' });
      app.synth();
      expect(readFileSync(join(outdir, 'stacks/Stack/deliver-Stack.yml'), 'utf8')).toBe(delivery.workflow);
      const config = JSON.parse(readFileSync(join(outdir, 'stacks/Stack/cdk.tf.json'), 'utf8'));
      // Each stage has a state of its own: only its environment knows where.
      expect(resourceAt(config, 'google_storage_bucket_iam_member', 'Deploy-dev_State').bucket).toBe('${var.state_bucket}');
      expect(config.variable.state_bucket).toEqual({ type: 'string', description: 'Bucket of the state of this configuration, which those who deliver write' });
      const compare = parse(delivery.workflow!).jobs['deploy-dev'].steps.find(({ name }: any) => name === 'Compare');
      expect(compare.env).toEqual({ TF_VAR_state_bucket: '${{ vars.TERRAFORM_STATE_BUCKET }}' });
      expect(delivery.workflow).not.toContain('TF_VAR_STATE_BUCKET');
    } finally {
      rmSync(outdir, { recursive: true });
    }
  });

  test('says that a budget lies beyond the project, and gives no role for it there', () => {
    const stack = googleStack();
    const delivery = new DeliveryPipeline(stack, 'Delivery', CODE);
    expect(delivery.workflow).not.toContain('billing account');
    const data = new DataLake(stack, 'Data');
    new GovernanceGuardrails(stack, 'Governance', { data, budget: { monthlyUsd: 1, alertEmails: ['ml@example.com'] } });
    expect(delivery.workflow).toContain('# - On the billing account, for the budget: make the deployers Billing Account Costs Managers, and those that compare Billing Account Viewers.');
    expect(delivery.workflow).not.toContain('On the organisation');
    const given = Object.values<any>(synthesized(stack).resource.google_project_iam_member).map((each) => String(each.for_each ?? each.role));
    expect(given.filter((roles) => roles.includes('billing'))).toEqual([]);
  });
});

test('the head of the workflow tells what lies beyond the project in the organisation', () => {
  const stack = googleStack();
  const delivery = deliver({}, stack);
  new GovernanceGuardrails(stack, 'Governance', { data: new DataLake(stack, 'Data'), orgPolicies: true, denyPolicy: true, servicePerimeter: { accessPolicyId: '123' } });
  const lines = delivery.workflow!.split('\n').filter((line) => line.startsWith('# - On the organisation'));
  expect(lines).toEqual([
    '# - On the organisation, for the perimeter: make the deployers Access Context Manager Editors, and those that compare Access Context Manager Readers.',
    '# - On the organisation, for the deny policy: make the deployers Deny Admins, and those that compare Deny Reviewers.',
    '# - On the organisation, for its policies: make the deployers Organization Policy Administrators, and those that compare Organization Policy Viewers.',
  ]);
});

test('the head of the workflow tells who reads the image from other projects', () => {
  const told = (stages?: { name: string }[]) => deliver({ image: { directory: '.' }, registry: REGISTRY, stages }).workflow;
  expect(told()).toContain('#   From the other stages\' projects its Artifact Registry Readers must be: the deployers and those that compare, and who pulls, which is Vertex AI');
  expect(told([{ name: 'prod' }])).not.toContain('Artifact Registry Readers');
});

describe('Cloud Build', () => {
  test('knows where the state is: its stages are in one project', () => {
    const stack = googleStack();
    new GcsBackend(stack, { bucket: 'the-state' });
    new DeliveryPipeline(stack, 'Delivery', { repository: 'example/churn', engine: DeliveryEngine.cloudBuild(BUILD) });
    expect(resourceAt(synthesized(stack), 'google_storage_bucket_iam_member', 'Deploy-dev_State').bucket).toBe('the-state');
  });

  const config = configOf({ engine: DeliveryEngine.cloudBuild(BUILD) });

  test('starts the first stage by a push and every other by the one before it', () => {
    const dev = resourceAt(config, 'google_cloudbuild_trigger', 'Trigger-dev');
    expect(dev.repository_event_config).toEqual({ repository: BUILD.connectedRepository, push: { branch: '^main$' } });
    const next = dev.build.step.at(-1);
    expect(next.script).toContain(`gcloud builds triggers run ${resourceAt(config, 'google_cloudbuild_trigger', 'Trigger-staging').name} --region=europe-west4 --sha="$COMMIT_SHA"`);
    expect(next.env).toEqual(['COMMIT_SHA=$COMMIT_SHA']);
    const prod = resourceAt(config, 'google_cloudbuild_trigger', 'Trigger-prod');
    expect(prod.repository_event_config).toBeUndefined();
    expect(prod.source_to_build).toEqual({ repository: BUILD.connectedRepository, ref: 'refs/heads/main', repo_type: 'GITHUB' });
    expect([dev, prod].map(({ approval_config: approval }) => approval)).toEqual([{ approval_required: false }, { approval_required: true }]);
  });

  test('runs each stage as its own identity, in the image that is given, after its rights', () => {
    const dev = resourceAt(config, 'google_cloudbuild_trigger', 'Trigger-dev');
    expect(dev.build.step.every(({ name }: any) => name === BUILD.builderImage)).toBe(true);
    expect(dev.service_account).toMatch(/Deploy-dev_Account/);
    expect(dev.depends_on.join()).toMatch(/Deploy-dev_May_.*Deploy-dev_MayGrant/);
  });

  test('starts by pushes to the very branch', () => {
    const { repository_event_config: on } = resourceAt(configOf({ engine: DeliveryEngine.cloudBuild(BUILD), branch: 'release/1.0' }), 'google_cloudbuild_trigger', 'Trigger-dev');
    expect(on.push.branch).toBe('^release/1\\.0$');
  });

  test('waits for who applies at the same time, and has the values of the stack\'s variables', () => {
    const stack = googleStack();
    deliver({ engine: DeliveryEngine.cloudBuild(BUILD), stages: [{ name: 'prod' }] }, stack);
    new TerraformVariable(stack, 'image', { type: 'string' });
    new TerraformVariable(stack, 'size', { type: 'number' });
    new TerraformVariable(stack, 'zones', { type: 'list(string)', default: [] });
    new TerraformVariable(stack, 'password', { type: 'string', sensitive: true });
    const [build, step] = onlyResource(synthesized(stack), 'google_cloudbuild_trigger').build.step;
    expect(step.env).toEqual(['TF_VAR_image=${var.image}', 'TF_VAR_size=${jsonencode(var.size)}']);
    expect(step.script).toContain('terraform plan -input=false -no-color -lock-timeout=20m -out=stage.tfplan\nterraform apply -input=false -lock-timeout=20m stage.tfplan\n');
    expect(build.env).toBeUndefined();
  });

  test('has no workflow and no trust in GitHub', () => {
    expect(deliver({ engine: DeliveryEngine.cloudBuild(BUILD) }).workflow).toBeUndefined();
    expect(config.resource.google_iam_workload_identity_pool).toBeUndefined();
  });
});

describe('stages that would all be the same stack in the same project', () => {
  const warned = (props: Partial<DeliveryPipelineProps>, projectId: (stack: TerraformStack) => string = () => 'my-project') => {
    const stack = new TerraformStack(Testing.app(), 'Stack');
    new GoogleProject(stack, 'Google', { projectId: projectId(stack), region: 'europe-west4' });
    return deliver(props, stack).node.metadata.map(({ data }) => data);
  };
  const variable = (stack: TerraformStack) => new TerraformVariable(stack, 'project', { type: 'string' }).stringValue;
  const warning = "delivery pipeline 'Stack/Delivery': dev delivers what staging and prod would, to the same project, before any approval: give one stage";

  test('are told apart by nothing, which is said', () => {
    expect(warned({})).toEqual([`${warning}, or make the project a variable and apply to one for each stage`]);
    expect(warned({ engine: DeliveryEngine.cloudBuild(BUILD) }, variable)).toEqual([warning]);
  });

  test('are not those of a project that is a variable, nor is one stage', () => {
    expect(warned({}, variable)).toEqual([]);
    expect(warned({ engine: DeliveryEngine.cloudBuild(BUILD), stages: [{ name: 'prod' }] })).toEqual([]);
  });
});

describe('refuses', () => {
  test.each<[string, Partial<DeliveryPipelineProps>, string]>([
    ['no repository', { repository: 'churn' }, "repository must be a repository on GitHub as 'owner/name', or as 'owner@<id>/name@<id>', got 'churn'"],
    ['no stage', { stages: [] }, 'stages must be at least one stage, got []'],
    ['a version of Node.js', { nodeVersion: '22.1' }, "nodeVersion must be a major version like '22', got '22.1'"],
    ['a version of Terraform', { terraformVersion: 'latest' }, "terraformVersion must be a version like '~1.11' or '1.11.4', got 'latest'"],
    ['a folder outside', { workingDirectory: '../x' }, "workingDirectory must be a folder inside the repository, got '../x'"],
    ['an install command', { installCommand: ' ' }, "installCommand must be a command on one line, got ' '"],
    ['a test command', { testCommand: 'a\nb' }, "testCommand must be a command on one line, got 'a\nb'"],
    ['a synth command', { synthCommand: '' }, "synthCommand must be a command on one line, got ''"],
    ['an image without a registry', { image: { directory: '.' } }, 'image is pushed to the repository of a registry: give registry as well'],
    ['an image\'s folder', { image: { directory: '/x' }, registry: REGISTRY }, "image.directory must be a folder inside the repository, got '/x'"],
    ['an image\'s file', { image: { directory: '.', dockerfile: '/x' }, registry: REGISTRY }, "image.dockerfile must be a file inside the repository, got '/x'"],
    ['an image\'s name', { image: { directory: '.', imageName: 'X' }, registry: REGISTRY }, "image.imageName must be lower-case letters, digits, dots, hyphens and underscores, got 'X'"],
    ['an image\'s variable', { image: { directory: '.', variable: 'a-b' }, registry: REGISTRY }, "image.variable must be the name of a Terraform variable, got 'a-b'"],
    ['the id of a pool', { engine: DeliveryEngine.gitHubActions({ poolId: 'gcp-pool' }) },
      "poolId must be 4 to 32 lower-case letters, digits and hyphens that start with a letter, and not with gcp-, got 'gcp-pool'"],
    ['a new pool beside one that exists', {
      engine: DeliveryEngine.gitHubActions({ poolId: 'pool', workloadIdentityProvider: 'projects/1/locations/global/workloadIdentityPools/hub/providers/github' }),
    }, 'poolId names a new pool, and workloadIdentityProvider is of one that exists: leave one of them out'],
    ['a provider', { engine: DeliveryEngine.gitHubActions({ workloadIdentityProvider: 'x' }) },
      "workloadIdentityProvider must be projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>, got 'x'"],
    ['a connection', { engine: DeliveryEngine.cloudBuild({ ...BUILD, connectedRepository: 'x' }) },
      "connectedRepository must be projects/<id>/locations/<region>/connections/<name>/repositories/<name>, got 'x'"],
    ['a builder', { engine: DeliveryEngine.cloudBuild({ ...BUILD, builderImage: '' }) }, "builderImage must be the address of an image, got ''"],
    ['an image with Cloud Build', { engine: DeliveryEngine.cloudBuild(BUILD), image: { directory: '.' }, registry: REGISTRY },
      'image is built by GitHub Actions only: with Cloud Build, build it in the test command, and let the synth command write its address into image.auto.tfvars beside cdk.tf.json'],
    ['a state that nobody shares', { stateBucketName: undefined },
      'stateBucketName is needed: the stack has no GcsBackend, and a delivery without a shared state would start from nothing every time'],
  ])('%s', (_, props, message) => {
    expect(() => deliver(props)).toThrow(new Error(`delivery pipeline 'Stack/Delivery': ${message}`));
  });

  test('a stage that it does not have', () => {
    const pipeline = deliver();
    expect(pipeline.deployer('dev').email).toBeDefined();
    expect(() => pipeline.deployer('qa')).toThrow(new Error("delivery pipeline 'Stack/Delivery': stage must be one of dev, staging, prod, got 'qa'"));
  });
});

function onlyOutput(config: any, name: string): unknown {
  return Object.entries<any>(config.output).find(([id]) => id.includes(name))?.[1].value;
}

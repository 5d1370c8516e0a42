import { validateWorkflow } from '@action-validator/core';
import { TerraformStack, TerraformVariable, Testing } from 'cdktf';
import { parse } from 'yaml';
import { CloudDelivery, terraformWorkflow } from '../../../src/terraform/delivery/github-actions';
import { askForStage, deliveredImage, terraformDelivery } from '../../../src/terraform/delivery/plan';

const who = { what: 'delivery pipeline', name: 'D' };
const plan = terraformDelivery(who, new TerraformStack(Testing.app(), 'Stack'), { repository: 'acme/churn', stages: [{ name: 'dev' }, { name: 'prod' }] });

/** A cloud whose provider reads the shell, and whose state needs two settings. */
const CLOUD: CloudDelivery = {
  place: 'subscription',
  login: (stage, job, named) => [{ uses: 'acme/login@v1', with: { identity: `${job}-${stage.name}`, tenant: `\${{ vars.${named('TENANT')} }}` } }],
  shell: (named) => ({ CLOUD_SUBSCRIPTION: `\${{ vars.${named('SUBSCRIPTION')} }}` }),
  backend: { account: 'STATE_ACCOUNT', container: 'STATE_CONTAINER' },
  variableOf: { subscription: 'SUBSCRIPTION' },
  required: ['TENANT', 'SUBSCRIPTION', 'STATE_ACCOUNT', 'STATE_CONTAINER'],
  environment: 'TENANT, SUBSCRIPTION, STATE_ACCOUNT and STATE_CONTAINER',
  preparations: ['- Ask for a subscription.'],
  asksForStage: false,
};

function workflow(cloud: Partial<CloudDelivery> = {}, fill: (stack: TerraformStack) => void = () => {}) {
  const stack = new TerraformStack(Testing.app(), 'Stack');
  fill(stack);
  const text = terraformWorkflow(stack, plan, { ...CLOUD, ...cloud });
  const { jobs } = parse(text);
  const step = (job: string, name: string) => jobs[job].steps.find((each: any) => each.name === name);
  return { text, jobs, step };
}

test('what is planned is kept and applied, with what the cloud reads from the shell', () => {
  const { jobs, step } = workflow();
  expect(Object.keys(jobs)).toEqual(['build', 'deploy-dev', 'diff-prod', 'deploy-prod']);
  const shell = { CLOUD_SUBSCRIPTION: '${{ vars.SUBSCRIPTION }}' };
  expect(step('deploy-dev', 'Initialize')).toEqual({
    'name': 'Initialize',
    'run': 'terraform init -input=false -backend-config="account=$STATE_ACCOUNT" -backend-config="container=$STATE_CONTAINER"',
    'env': { STATE_ACCOUNT: '${{ vars.STATE_ACCOUNT }}', STATE_CONTAINER: '${{ vars.STATE_CONTAINER }}', ...shell },
    'working-directory': 'cdktf.out/stacks/Stack',
  });
  expect(step('deploy-dev', 'Compare')).toMatchObject({ run: expect.stringMatching(/^terraform plan .*-lock-timeout=20m -out=stage\.tfplan /), env: shell });
  expect(step('deploy-dev', 'Deploy')).toMatchObject({ run: 'terraform apply -input=false -lock-timeout=20m stage.tfplan', env: shell });
});

test('the comparison before an approval locks nothing, and reads variables of the repository', () => {
  const { jobs, step } = workflow();
  expect(step('diff-prod', 'Compare').run).toMatch(/^terraform plan -input=false -no-color -lock=false /);
  expect(step('diff-prod', 'Compare').env).toEqual({ CLOUD_SUBSCRIPTION: '${{ vars.PROD_SUBSCRIPTION }}' });
  expect(jobs['diff-prod'].steps).toContainEqual({ uses: 'acme/login@v1', with: { identity: 'look-prod', tenant: '${{ vars.PROD_TENANT }}' } });
  expect(jobs['deploy-prod'].steps).toContainEqual({ uses: 'acme/login@v1', with: { identity: 'deploy-prod', tenant: '${{ vars.TENANT }}' } });
});

test('open variables of the stack come from GitHub, under the name that the cloud has for them or their own', () => {
  const { text, step } = workflow({ asksForStage: true }, (stack) => {
    for (const id of ['subscription', 'zone']) new TerraformVariable(stack, id, { type: 'string' });
    askForStage(stack, plan.stages, 'subscription');
  });
  expect(step('deploy-prod', 'Compare').env).toEqual({
    TF_VAR_subscription: '${{ vars.SUBSCRIPTION }}', TF_VAR_zone: '${{ vars.TF_VAR_ZONE }}', TF_VAR_delivery_stage: 'prod', CLOUD_SUBSCRIPTION: '${{ vars.SUBSCRIPTION }}',
  });
  expect(text).toContain("#     TF_VAR_ZONE (the stack's variable zone)\n");
  expect(text).not.toContain('TF_VAR_SUBSCRIPTION');
});

test('the head of the file tells what is done once by hand', () => {
  expect(workflow().text.split('\n').filter((line) => line.startsWith('#'))).toEqual([
    '# Delivers acme/churn. Made by mlops-constructs at synthesis: change the app, not this file.',
    '#',
    '# Once, by hand:',
    "# - Apply the stack of the delivery pipeline in every stage's subscription, and copy this file from cdktf.out/stacks/Stack/deliver-Stack.yml to .github/workflows.",
    '# - Ask for a subscription.',
    "# - Make the environment 'dev', for the branch 'main' only. Its variables:",
    '#     TENANT, SUBSCRIPTION, STATE_ACCOUNT and STATE_CONTAINER',
    "# - Make the environment 'prod', for the branch 'main' only, with the people who approve as its required reviewers. Its variables:",
    '#     TENANT, SUBSCRIPTION, STATE_ACCOUNT and STATE_CONTAINER',
    '#     and the same as variables of the repository with PROD_ before their names, which the comparison before the approval reads.',
  ]);
});

test('the first stage builds the image and every stage runs it by its digest', () => {
  const commands = { setup: [{ uses: 'acme/setup@v1' }], login: 'acme login', exists: (image: string) => `acme show "${image}"`, digest: (image: string) => `acme digest "${image}"` };
  const image = { ...deliveredImage(who, { directory: 'workload' }, { imageRepositoryUri: 'r', modelName: 'churn' }), commands };
  const { jobs, step } = workflow({ image }, (stack) => { new TerraformVariable(stack, 'image', { type: 'string' }); });
  expect(step('deploy-dev', 'Build the image').run).toBe([
    'if ! acme show "$IMAGE_REPOSITORY/churn:$GITHUB_SHA" > /dev/null 2>&1; then',
    '  acme login',
    '  git checkout-index --all --prefix="$RUNNER_TEMP/commit/"',
    '  cd "$RUNNER_TEMP/commit"',
    '  docker build --build-arg MLOPS_COMMIT="$GITHUB_SHA" --tag "$IMAGE_REPOSITORY/churn:$GITHUB_SHA" --file "workload/Dockerfile" "workload"',
    '  docker push "$IMAGE_REPOSITORY/churn:$GITHUB_SHA"',
    'fi',
    '',
  ].join('\n'));
  expect(step('deploy-prod', 'Build the image')).toBeUndefined();
  expect(step('deploy-prod', 'Find the image').run).toBe([
    'digest=$(acme digest "$IMAGE_REPOSITORY/churn:$GITHUB_SHA")', 'echo "TF_VAR_image=$IMAGE_REPOSITORY/churn@$digest" >> "$GITHUB_ENV"', '',
  ].join('\n'));
  expect(jobs['deploy-dev'].steps[0].uses).toMatch(/^actions\/checkout@/);
  expect(step('deploy-dev', 'Compare').env.TF_VAR_image).toBeUndefined();
});

test('GitHub takes the file', () => {
  expect(validateWorkflow(workflow().text).errors).toEqual([]);
});

import { readFileSync } from 'fs';
import { join } from 'path';
import { validateWorkflow } from '@action-validator/core';
import { App, aws_ecr_assets as assets, aws_iam as iam, aws_kms as kms, aws_s3 as s3, aws_sns as sns, CfnOutput, NestedStack, Stack, StackProps, Stage } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { parse } from 'yaml';
import { DeliveryEngine } from '../../src/aws/delivery-engine';
import { DeliveryPipeline } from '../../src/aws/delivery-pipeline';
import { DeliveryPipelineProps, IStackFactory } from '../../src/aws/delivery-pipeline-props';
import { DeliveryStageSpec } from '../../src/core/delivery-pipeline';
import { judge, strictApp } from '../support/judges';

const KNOWN = { env: { account: '111111111111', region: 'eu-west-1' } };
const CONNECTION = 'arn:aws:codeconnections:eu-west-1:111111111111:connection/0aaaaaaa-0000-0000-0000-000000000000';
const CODE_PIPELINE = DeliveryEngine.codePipeline({ connectionArn: CONNECTION });
const ISSUER = 'token.actions.githubusercontent.com';

const stackIn = (props: StackProps = {}, app: App = strictApp()) => new Stack(app, 'Tools', props);
const deliver = (props: Partial<DeliveryPipelineProps> = {}, stack = stackIn()) => new DeliveryPipeline(stack, 'Delivery', { repository: 'acme/churn', ...props });
const templateOf = (props: Partial<DeliveryPipelineProps> = {}, stack = stackIn()) => Template.fromStack(Stack.of(deliver(props, stack)));
const workflowOf = (props: Partial<DeliveryPipelineProps> = {}, stack = stackIn()) => parse(deliver(props, stack).workflow!);
const stepOf = (job: any, name: string) => job.steps.find((step: any) => step.name === name || step.uses?.startsWith(name));

/** A bucket for each stage stands for the stacks of a product. */
class Buckets implements IStackFactory {
  public readonly made: DeliveryStageSpec[] = [];

  public createStacks(scope: Stage, stage: DeliveryStageSpec): void {
    this.made.push(stage);
    const stack = new Stack(scope, 'Product');
    new CfnOutput(stack, 'Bucket', { value: new s3.CfnBucket(stack, 'Data').ref });
  }
}

/** Subject that a role is trusted for, by the id of the role. */
function subjectsOf(template: Template): { [role: string]: string } {
  return Object.fromEntries(Object.entries(template.findResources('AWS::IAM::Role')).map(([id, role]) => {
    const [{ Action, Condition }] = role.Properties.AssumeRolePolicyDocument.Statement;
    expect(Action).toBe('sts:AssumeRoleWithWebIdentity');
    expect(Condition.StringEquals[`${ISSUER}:aud`]).toBe('sts.amazonaws.com');
    expect(Object.keys(Condition)).toEqual(['StringEquals']);
    const subject = Condition.StringEquals[`${ISSUER}:sub`];
    return [id.replace(/^Delivery|[0-9A-F]{8}$/g, ''), typeof subject === 'string' ? subject : subject['Fn::If'].join(' | ')];
  }));
}

/** Roles that a role may assume, by the id of its policy. */
function assumable(template: Template, role: string): string[] {
  const [policy] = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith(`Delivery${role}`)).map(([, each]) => each);
  return policy.Properties.PolicyDocument.Statement.filter((each: any) => each.Action === 'sts:AssumeRole').flatMap((each: any) => each.Resource)
    .map((arn: any) => arn['Fn::Join'][1].map((part: any) => (typeof part === 'string' ? part : `<${part.Ref}>`)).join(''));
}

describe('GitHub Actions', () => {
  test.each([['that is unknown', {}], ['that is known', KNOWN]])('nobody finds fault with the stack in an environment %s', (_, props) => {
    const stack = stackIn(props);
    deliver({}, stack);
    expect(judge(stack)).toEqual([]);
  });

  test.each<[string, Partial<DeliveryPipelineProps>]>([
    ['of the defaults', {}],
    ['of a factory', { stacks: new Buckets(), environments: { prod: { account: '222222222222', region: 'eu-central-1' } } }],
    ['of an app in a folder', { workingDirectory: 'infra/app', installCommand: 'yarn install --immutable', testCommand: 'yarn test', cdkCommand: 'yarn cdk' }],
    ['with approval everywhere', { stages: [{ name: 'a', approval: true }, { name: 'b', approval: true }] }],
  ])('GitHub accepts the workflow %s', (_, props) => {
    expect(validateWorkflow(deliver(props).workflow!).errors).toEqual([]);
  });

  test('trusts each stage\'s environment of the repository with one role, and the branch with the one that compares', () => {
    const template = templateOf({}, stackIn(KNOWN));
    template.hasResourceProperties('AWS::IAM::OIDCProvider', { Url: `https://${ISSUER}`, ClientIdList: ['sts.amazonaws.com'] });
    template.hasResource('AWS::IAM::OIDCProvider', { DeletionPolicy: 'RetainExceptOnCreate' });
    expect(subjectsOf(template)).toEqual({
      Deploydev: 'repo:acme/churn:environment:dev',
      Deploystaging: 'repo:acme/churn:environment:staging',
      Deployprod: 'repo:acme/churn:environment:prod',
      Diffprod: 'repo:acme/churn:ref:refs/heads/main',
    });
  });

  describe('where only the deployment knows which stage the account is of', () => {
    const parametersOf = (template: Template) => Object.entries(template.findParameters('*')).filter(([id]) => id !== 'BootstrapVersion');

    test('an account lets in the environment of its own stage alone: not that of another, which nobody approves', () => {
      const template = templateOf();
      const [[id, parameter]] = parametersOf(template);
      expect(parameter).toEqual({
        Type: 'String',
        Default: 'none',
        AllowedValues: ['none', 'dev', 'staging', 'prod'],
        Description: 'Which stage this account is: dev, staging, prod. GitHub\'s environment of that name alone may deliver here',
      });
      const conditions = template.findConditions('*');
      const isStage = (stage: string) => Object.keys(conditions).find((each) => conditions[each]['Fn::Equals'][1] === stage)!;
      for (const stage of ['dev', 'staging', 'prod']) expect(conditions[isStage(stage)]).toEqual({ 'Fn::Equals': [{ Ref: id }, stage] });
      expect(subjectsOf(template)).toEqual({
        Deploydev: `${isStage('dev')} | repo:acme/churn:environment:dev | repo:acme/churn:nobody`,
        Deploystaging: `${isStage('staging')} | repo:acme/churn:environment:staging | repo:acme/churn:nobody`,
        Deployprod: `${isStage('prod')} | repo:acme/churn:environment:prod | repo:acme/churn:nobody`,
        Diffprod: `${isStage('prod')} | repo:acme/churn:ref:refs/heads/main | repo:acme/churn:nobody`,
      });
    });

    test('the head of the workflow tells how to say it, and the stack tells whether somebody has', () => {
      const stack = stackIn();
      const { workflow } = deliver({}, stack);
      const template = Template.fromStack(stack);
      const [[id]] = parametersOf(template);
      expect(workflow).toContain(`# - Deploy the stack of the delivery pipeline in every stage's account, the first time with --parameters Tools:${id}=<stage>, and copy`);
      const conditions = template.findConditions('*');
      const isNone = Object.keys(conditions).find((each) => conditions[each]['Fn::Equals'][1] === 'none')!;
      const [output] = Object.values(template.findOutputs('*', { Description: 'The stage whose environment GitHub delivers here from' }));
      expect(output.Value).toEqual({ 'Fn::If': [isNone, `none, GitHub is not let in: deploy once with --parameters Tools:${id}=<stage>`, { Ref: id }] });
    });

    test('every delivery says it, so that a stage which is added does not shut out the one that adds it', () => {
      const stack = stackIn();
      const { jobs } = workflowOf({}, stack);
      const [[id]] = parametersOf(Template.fromStack(stack));
      for (const stage of ['dev', 'staging', 'prod']) {
        expect(stepOf(jobs[`deploy-${stage}`], 'Deploy').run).toBe(
          `npx cdk deploy --app cdk.out --all --require-approval never --progress events --parameters Tools:${id}=${stage}`);
      }
    });

    test('a nested stack is told by the stack that is deployed, because nobody is asked for its parameters', () => {
      const stack = stackIn();
      const nested = new NestedStack(stack, 'Nested');
      const { workflow } = deliver({}, nested);
      const [[id]] = parametersOf(Template.fromStack(stack));
      expect(workflow).toContain(` --parameters Tools:${id}=<stage>, and copy`);
      Template.fromStack(stack).hasOutput('*', { Description: 'The stage whose environment GitHub delivers here from' });
      const template = Template.fromStack(nested);
      const [[given, parameter]] = parametersOf(template);
      expect(parameter).toEqual({ Type: 'String' });
      expect(Object.values(template.findConditions('*'))[0]).toEqual({ 'Fn::Equals': [{ Ref: given }, 'dev'] });
      Template.fromStack(stack).hasResourceProperties('AWS::CloudFormation::Stack', { Parameters: { [given]: { Ref: id } } });
    });

    test.each<[string, Partial<DeliveryPipelineProps>]>([
      ['one stage', { stages: [{ name: 'prod' }] }],
      ['stages with accounts of their own', { environments: { dev: { account: '111111111111' }, staging: { account: '222222222222' } } }],
      ['a factory, whose stages are delivered from here', { stacks: new Buckets() }],
    ])('nothing is asked for %s', (_, props) => {
      const stack = stackIn();
      const { workflow } = deliver(props, stack);
      const template = Template.fromStack(stack);
      expect(parametersOf(template)).toEqual([]);
      expect(Object.values(subjectsOf(template)).filter((subject) => subject.includes('nobody'))).toEqual([]);
      expect(workflow).not.toContain('--parameters');
    });
  });

  test('knows repositories by their ids, where GitHub does', () => {
    expect(subjectsOf(templateOf({ repository: 'acme@12/churn@345', stages: [{ name: 'prod', approval: false }] }))).toEqual({
      Deployprod: 'repo:acme@12/churn@345:environment:prod',
    });
  });

  test('a role may use the bootstrap roles of its stage and do nothing else', () => {
    const template = templateOf({ environments: { prod: { account: '222222222222', region: 'eu-central-1' } } });
    for (const policy of Object.values(template.findResources('AWS::IAM::Policy'))) {
      expect(policy.Properties.PolicyDocument.Statement.map((each: any) => each.Action)).toEqual(['sts:AssumeRole']);
    }
    const inProd = (kind: string) => `arn:<AWS::Partition>:iam::222222222222:role/cdk-hnb659fds-${kind}-role-222222222222-eu-central-1`;
    expect(assumable(template, 'Deployprod')).toEqual(['deploy', 'file-publishing', 'image-publishing', 'lookup'].map(inProd));
    expect(assumable(template, 'Diffprod')).toEqual([inProd('lookup')]);
    expect(assumable(template, 'Deploydev')[0]).toBe(
      'arn:<AWS::Partition>:iam::<AWS::AccountId>:role/cdk-hnb659fds-deploy-role-<AWS::AccountId>-<AWS::Region>');
  });

  test('uses the qualifier of the bootstrap, given or of the app', () => {
    expect(assumable(templateOf({ bootstrapQualifier: 'team1' }), 'Deploydev')[0]).toContain('/cdk-team1-deploy-role-');
    const app = strictApp({ context: { '@aws-cdk/core:bootstrapQualifier': 'appwide' } });
    expect(assumable(templateOf({}, stackIn({}, app)), 'Deploydev')[0]).toContain('/cdk-appwide-deploy-role-');
  });

  test('shares the provider, and says that it cannot share the workflow file, with another delivery of the app', () => {
    const stack = stackIn(KNOWN);
    const first = deliver({}, stack);
    const second = new DeliveryPipeline(stack, 'Second', { repository: 'acme/fraud' });
    expect(second.provider).toBe(first.provider);
    Template.fromStack(stack).resourceCountIs('AWS::IAM::OIDCProvider', 1);
    const warning = (other: string) => `${other} writes deliver.yml as well, and another: one delivery is enough for an app; give each product an app of its own, or one of the two a workflowFile of its own `
      + '[ack: Annotation::mlops-constructs:workflowFile]';
    Annotations.fromStack(stack).hasWarning('/Tools/Delivery', warning('Tools/Second'));
    Annotations.fromStack(stack).hasWarning('/Tools/Second', warning('Tools/Delivery'));
    const alone = stackIn(KNOWN);
    deliver({ stages: [{ name: 'prod' }] }, alone);
    new iam.OidcProviderNative(alone, 'Other', { url: 'https://example.com', clientIds: ['sts.amazonaws.com'] });
    Template.fromStack(alone).resourceCountIs('AWS::IAM::OIDCProvider', 2);
    Annotations.fromStack(alone).hasNoWarning('*', Match.anyValue());
  });

  test('uses the provider that the account has', () => {
    const stack = stackIn();
    const arn = `arn:aws:iam::111111111111:oidc-provider/${ISSUER}`;
    const provider = iam.OidcProviderNative.fromOidcProviderArn(stack, 'GitHub', arn);
    const template = templateOf({ engine: DeliveryEngine.gitHubActions({ provider }) }, stack);
    template.resourceCountIs('AWS::IAM::OIDCProvider', 0);
    template.hasResourceProperties('AWS::IAM::Role', { AssumeRolePolicyDocument: { Statement: [Match.objectLike({ Principal: { Federated: arn } })] } });
  });

  describe('the workflow', () => {
    test('builds every change and delivers what is on the branch, stage after stage', () => {
      const { on, jobs } = workflowOf();
      expect(on).toEqual({ push: { branches: ['main'] }, pull_request: {}, workflow_dispatch: {} });
      expect(Object.entries<any>(jobs).map(([name, job]) => [name, job.needs])).toEqual([
        ['build', undefined], ['deploy-dev', 'build'], ['deploy-staging', 'deploy-dev'], ['diff-prod', 'deploy-staging'], ['deploy-prod', 'diff-prod'],
      ]);
      for (const [name, job] of Object.entries<any>(jobs)) {
        expect(job.if).toBe(name === 'build' ? undefined : "github.event_name != 'pull_request' && github.ref == 'refs/heads/main'");
      }
    });

    test('asks for an identity only where it needs one, and never delivers a stage twice at a time', () => {
      const { permissions, jobs } = workflowOf();
      expect(permissions).toEqual({ contents: 'read' });
      expect(jobs.build.permissions).toBeUndefined();
      for (const name of ['deploy-dev', 'diff-prod', 'deploy-prod']) expect(jobs[name].permissions).toEqual({ 'contents': 'read', 'id-token': 'write' });
      expect(jobs['deploy-prod'].concurrency).toEqual({ 'group': 'deliver-deploy-prod', 'cancel-in-progress': false });
      expect(jobs['deploy-prod'].environment).toBe('prod');
      expect(jobs['diff-prod'].environment).toBeUndefined();
    });

    test('tests, synthesizes and compares before it deploys, and deploys what was synthesized', () => {
      const { jobs } = workflowOf({}, stackIn(KNOWN));
      expect(jobs.build.steps.map((step: any) => step.run ?? step.uses)).toEqual([
        'actions/checkout@v7', 'actions/setup-node@v6', 'npm ci', 'npm test', 'npx cdk synth --quiet',
        'diff -u .github/workflows/deliver.yml cdk.out/deliver.yml', 'tar -czf cdk.out.tgz cdk.out', 'actions/upload-artifact@v7',
      ]);
      expect(stepOf(jobs['deploy-dev'], 'Compare').run).toContain('npx cdk diff --app cdk.out --method=template');
      expect(stepOf(jobs['deploy-dev'], 'Deploy').run).toBe('npx cdk deploy --app cdk.out --all --require-approval never --progress events');
      expect(stepOf(jobs['diff-prod'], 'Compare').run).toContain('GITHUB_STEP_SUMMARY');
      expect(stepOf(jobs['diff-prod'], 'Deploy')).toBeUndefined();
      expect(stepOf(jobs['deploy-prod'], 'Compare')).toBeUndefined();
    });

    test('takes role and region from variables where only the deployment knows them', () => {
      const { jobs } = workflowOf();
      expect(stepOf(jobs['deploy-dev'], 'aws-actions/configure-aws-credentials@v6').with).toEqual({
        'role-to-assume': '${{ vars.AWS_DEPLOY_ROLE_ARN }}',
        'role-session-name': 'deliver-dev-${{ github.run_id }}',
        'role-duration-seconds': 7200,
        'aws-region': '${{ vars.AWS_REGION }}',
      });
      expect(stepOf(jobs['diff-prod'], 'aws-actions').with).toEqual({
        'role-to-assume': '${{ vars.PROD_DIFF_ROLE_ARN }}',
        'role-session-name': 'deliver-prod-${{ github.run_id }}',
        'aws-region': '${{ vars.PROD_AWS_REGION }}',
      });
      const { workflow } = deliver();
      expect(workflow).toContain("# - Make the environment 'prod', for the branch 'main' only, with the people who approve as its required reviewers.");
      expect(workflow).toContain("#     Its variable AWS_REGION is the region, and so is the repository's variable PROD_AWS_REGION.");
      expect(workflow).toContain("#     The repository's variable PROD_DIFF_ROLE_ARN is the output about comparing with prod.");
      expect(workflow).not.toContain('Token[');
    });

    test('names the role where the environment is known, by the name that it has', () => {
      const stack = stackIn(KNOWN);
      const pipeline = deliver({ stacks: new Buckets(), environments: { prod: { account: '222222222222', region: 'eu-central-1' } } }, stack);
      const { jobs } = parse(pipeline.workflow!);
      const login = (job: string) => stepOf(jobs[job], 'aws-actions').with;
      const name = /^arn:aws:iam::111111111111:role\/(.*)$/.exec(login('deploy-prod')['role-to-assume'])![1];
      expect(name).toMatch(/^tools-delivery-deploy-prod-eu-west-1-[0-9a-f]{8}$/);
      Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', { RoleName: name });
      expect([login('deploy-dev')['aws-region'], login('deploy-prod')['aws-region']]).toEqual(['eu-west-1', 'eu-central-1']);
      expect(pipeline.workflow).not.toContain('vars.');
    });

    test('runs in the folder of the app with the commands of the app', () => {
      const { jobs } = workflowOf({ workingDirectory: 'infra', nodeVersion: '24', installCommand: 'npm ci --ignore-scripts', testCommand: 'make test', cdkCommand: 'npm run cdk --' });
      expect(stepOf(jobs.build, 'actions/setup-node').with).toEqual({ 'node-version': '24', 'cache': 'npm', 'cache-dependency-path': '**/package-lock.json' });
      expect(stepOf(jobs.build, 'Test')).toEqual({ 'name': 'Test', 'run': 'make test', 'working-directory': 'infra' });
      expect(stepOf(jobs.build, 'Install').run).toBe('npm ci --ignore-scripts');
      expect(stepOf(jobs['deploy-dev'], 'Deploy')).toMatchObject({ 'run': expect.stringMatching(/^npm run cdk -- deploy/), 'working-directory': 'infra' });
      expect(stepOf(jobs.build, 'Pack')).toEqual({ 'name': 'Pack', 'run': 'tar -czf cdk.out.tgz cdk.out', 'working-directory': 'infra' });
      expect(stepOf(jobs.build, 'actions/upload-artifact').with.path).toBe('infra/cdk.out.tgz');
      expect(stepOf(jobs['deploy-dev'], 'actions/download-artifact').with.path).toBe('infra');
      expect(stepOf(jobs['deploy-dev'], 'Unpack')).toEqual({ 'name': 'Unpack', 'run': 'rm -rf cdk.out && tar -xzf cdk.out.tgz', 'working-directory': 'infra' });
    });

    test('has a file, a check and concurrency groups that are not those of another app of the repository', () => {
      const { name, concurrency, jobs } = workflowOf({ workingDirectory: 'apps/churn' });
      expect(name).toBe('Deliver apps churn');
      expect(concurrency.group).toMatch(/^deliver-apps-churn-\$\{\{/);
      expect(jobs['deploy-prod'].concurrency.group).toBe('deliver-apps-churn-deploy-prod');
      expect(stepOf(jobs.build, 'Check that this file is the one that was synthesized').run).toBe('diff -u .github/workflows/deliver-apps-churn.yml apps/churn/cdk.out/deliver-apps-churn.yml');
      const named = workflowOf({ engine: DeliveryEngine.gitHubActions({ workflowFile: 'ship.yml' }) });
      expect([named.name, named.jobs['deploy-dev'].concurrency.group]).toEqual(['Ship', 'ship-deploy-dev']);
      expect(stepOf(named.jobs.build, 'Check that this file is the one that was synthesized').run).toBe('diff -u .github/workflows/ship.yml cdk.out/ship.yml');
    });

    test('stops where GitHub has no value for a variable', () => {
      const { jobs } = workflowOf();
      expect(stepOf(jobs['deploy-dev'], 'Check that every variable is set').env).toEqual({
        AWS_DEPLOY_ROLE_ARN: '${{ vars.AWS_DEPLOY_ROLE_ARN }}', AWS_REGION: '${{ vars.AWS_REGION }}',
      });
      expect(Object.keys(stepOf(jobs['diff-prod'], 'Check that every variable is set').env)).toEqual(['PROD_DIFF_ROLE_ARN', 'PROD_AWS_REGION']);
      expect(stepOf(workflowOf({}, stackIn(KNOWN)).jobs['deploy-dev'], 'Check that every variable is set')).toBeUndefined();
    });

    test('keeps downloads where a lock file says what they are', () => {
      const setupOf = (installCommand?: string) => stepOf(workflowOf({ installCommand }).jobs.build, 'actions/setup-node').with;
      expect(setupOf()).toEqual({ 'node-version': '22', 'cache': 'npm' });
      for (const other of ['yarn', 'npm install']) expect(setupOf(other)).toEqual({ 'node-version': '22' });
    });

    test('what runs again replaces what it has kept', () => {
      expect(stepOf(workflowOf().jobs.build, 'actions/upload-artifact').with).toEqual({
        'name': 'cdk.out', 'path': 'cdk.out.tgz', 'if-no-files-found': 'error', 'overwrite': true,
      });
    });

    test('a delivery may take as long as its job', () => {
      const template = templateOf();
      const seconds = Object.entries(template.findResources('AWS::IAM::Role')).map(([id, role]) => [id.replace(/^Delivery|[0-9A-F]{8}$/g, ''), role.Properties.MaxSessionDuration]);
      expect(Object.fromEntries(seconds)).toEqual({ Deploydev: 7200, Deploystaging: 7200, Deployprod: 7200, Diffprod: undefined });
      expect(workflowOf().jobs['deploy-dev']['timeout-minutes']).toBe(120);
    });

    test('runs on the machines and the branch that are asked for', () => {
      const { on, jobs } = workflowOf({ branch: 'release/v1', engine: DeliveryEngine.gitHubActions({ runner: 'self-hosted' }) });
      expect(on.push.branches).toEqual(['release/v1']);
      expect(new Set(Object.values<any>(jobs).map((job) => job['runs-on']))).toEqual(new Set(['self-hosted']));
    });

    test('goes to the stages that are asked for, and shows what would change where somebody approves', () => {
      const { jobs } = workflowOf({ stages: [{ name: 'test', approval: true }, { name: 'live', approval: false }] });
      expect(Object.keys(jobs)).toEqual(['build', 'diff-test', 'deploy-test', 'deploy-live']);
    });

    test('lies in the assembly, next to the templates', () => {
      const stack = stackIn();
      const { workflow } = deliver({}, stack);
      const { directory } = (stack.node.root as App).synth();
      expect(readFileSync(join(directory, 'deliver.yml'), 'utf8')).toBe(workflow);
    });
  });
});

describe('a factory', () => {
  test('makes the stacks of each stage, in its account and region, and the workflow delivers them by name', () => {
    const stack = stackIn();
    const stacks = new Buckets();
    const { jobs } = workflowOf({ stacks, environments: { prod: { account: '222222222222', region: 'eu-central-1' } } }, stack);
    expect(stacks.made).toEqual([{ name: 'dev', approval: false }, { name: 'staging', approval: false }, { name: 'prod', approval: true }]);
    const assembly = (stack.node.root as App).synth();
    expect(assembly.nestedAssemblies.map((each) => [each.id, each.nestedAssembly.stacks[0].environment.account])).toEqual([
      ['assembly-dev', 'unknown-account'], ['assembly-staging', 'unknown-account'], ['assembly-prod', '222222222222'],
    ].sort());
    expect(stepOf(jobs['deploy-staging'], 'Deploy').run).toContain('deploy --app cdk.out "staging/*" --require-approval never');
    expect(stepOf(jobs['diff-prod'], 'Compare').run).toContain('diff --app cdk.out "prod/*"');
  });

  test('cannot make the stage that its own pipeline is in', () => {
    const stack = new Stack(new Stage(new App(), 'dev'), 'Tools');
    expect(() => deliver({ stacks: new Buckets() }, stack)).toThrow(new Error(
      "delivery pipeline 'dev/Tools/Delivery': stacks belongs to a pipeline outside of the stages that it makes: move the pipeline to a stack of the app"));
  });
});

describe('CodePipeline', () => {
  test.each([['that is unknown', {}], ['that is known', KNOWN]])('nobody finds fault with the stack in an environment %s', (_, props) => {
    const stack = stackIn(props);
    deliver({ engine: CODE_PIPELINE }, stack);
    expect(judge(stack)).toEqual([]);
  });

  test('has no GitHub identities and no workflow', () => {
    const stack = stackIn();
    const pipeline = deliver({ engine: CODE_PIPELINE }, stack);
    expect([pipeline.workflow, pipeline.provider]).toEqual([undefined, undefined]);
    Template.fromStack(stack).resourceCountIs('AWS::IAM::OIDCProvider', 0);
  });

  test('goes from the connection through the build to the stages, with approval after the comparison', () => {
    const template = templateOf({ engine: CODE_PIPELINE, repository: 'acme@1/churn@2', branch: 'release' });
    const [pipeline] = Object.values(template.findResources('AWS::CodePipeline::Pipeline'));
    expect(pipeline.Properties.Stages.map((stage: any) => [stage.Name, ...stage.Actions.map((action: any) => `${action.Name} ${action.RunOrder}`)])).toEqual([
      ['Source', 'GitHub 1'], ['Build', 'Build 1'], ['dev', 'Deploy 1'], ['staging', 'Deploy 1'], ['prod', 'Diff 1', 'Approve 2', 'Deploy 3'],
    ]);
    expect(pipeline.Properties.Stages[0].Actions[0].Configuration).toEqual({
      ConnectionArn: CONNECTION, FullRepositoryId: 'acme/churn', BranchName: 'release', DetectChanges: 'true',
    });
    expect(pipeline.Properties).toMatchObject({ PipelineType: 'V2', ExecutionMode: 'QUEUED', ArtifactStore: { EncryptionKey: { Type: 'KMS' } } });
  });

  test('tests and synthesizes without any right to an environment, and deploys through the bootstrap roles', () => {
    const template = templateOf({ engine: CODE_PIPELINE, stacks: new Buckets(), nodeVersion: '20', workingDirectory: 'infra' });
    const spec = (id: string) => {
      const [project] = Object.entries(template.findResources('AWS::CodeBuild::Project')).filter(([each]) => each.startsWith(`Delivery${id}`)).map(([, each]) => each);
      return JSON.parse(project.Properties.Source.BuildSpec);
    };
    expect(spec('Build').phases).toEqual({
      install: { 'runtime-versions': { nodejs: '20' }, 'commands': ['cd infra', 'npm ci'] }, build: { commands: ['npm test', 'npx cdk synth --quiet'] },
    });
    expect(spec('Build').artifacts).toEqual({ 'base-directory': 'infra/cdk.out', 'files': ['**/*'] });
    expect(spec('Deployprod').phases.build.commands).toEqual([
      'npx cdk diff --app "$CODEBUILD_SRC_DIR_Assembly" "prod/*" --method=template',
      'npx cdk deploy --app "$CODEBUILD_SRC_DIR_Assembly" "prod/*" --require-approval never --progress events',
    ]);
    expect(assumable(template, 'BuildRole')).toEqual([]);
    expect(assumable(template, 'DiffprodRole')).toEqual([expect.stringContaining('-lookup-role-')]);
    expect(assumable(template, 'DeployprodRole').length).toBe(4);
  });

  test('what was built is written by the build alone: the first stage cannot change what the last will deploy', () => {
    const template = templateOf({ engine: CODE_PIPELINE });
    const writers = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([, policy]) => JSON.stringify(policy).includes('s3:PutObject"'));
    expect(writers.map(([id]) => id.replace(/DefaultPolicy[0-9A-F]{8}$/, '').replace(/[0-9A-F]{8}$/, '')).sort()).toEqual(['DeliveryBuildRole', 'DeliveryRole']);
    expect(Object.entries(template.findResources('AWS::IAM::Policy')).filter(([, policy]) => JSON.stringify(policy).includes('s3:GetObject"'))).toHaveLength(6);
  });

  test('may store the sources that the connection uploads, which name an ACL', () => {
    const template = templateOf({ engine: CODE_PIPELINE });
    const [[, role]] = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => /^DeliveryRoleDefaultPolicy/.test(id));
    const storing = role.Properties.PolicyDocument.Statement.flatMap(({ Action, Resource }: any) => [Action].flat()
      .filter((action: string) => action.startsWith('s3:PutObject')).map((action: string) => [action, JSON.stringify(Resource)]));
    expect(storing).toEqual([
      ['s3:PutObject', expect.stringMatching(/DeliveryArtifacts\w+","Arn"]},"\/\*"/)], ['s3:PutObjectAcl', expect.stringMatching(/DeliveryArtifacts\w+","Arn"]},"\/\*"/)],
    ]);
  });

  test('has its roles\' policies before pipeline and projects', () => {
    const template = templateOf({ engine: CODE_PIPELINE });
    for (const kind of ['AWS::CodePipeline::Pipeline', 'AWS::CodeBuild::Project']) {
      template.allResources(kind, Match.objectLike({ DependsOn: Match.arrayWith([Match.stringLikeRegexp('RoleDefaultPolicy')]) }));
    }
  });

  test('encrypts with the key that is given', () => {
    const stack = stackIn();
    const encryptionKey = new kms.Key(stack, 'Mine');
    const template = templateOf({ engine: DeliveryEngine.codePipeline({ connectionArn: CONNECTION, encryptionKey }) }, stack);
    template.resourceCountIs('AWS::KMS::Key', 1);
    template.hasResourceProperties('AWS::KMS::Key', { KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Sid: 'DeliveryLogs' })]) } });
    template.allResourcesProperties('AWS::CodeBuild::Project', { EncryptionKey: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Mine'), 'Arn'] } });
  });

  test('builds images only when told so, and then only where it deploys', () => {
    const privileged = (template: Template) => Object.entries(template.findResources('AWS::CodeBuild::Project'))
      .filter(([, project]) => project.Properties.Environment.PrivilegedMode).map(([id]) => id.replace(/^Delivery|[0-9A-F]{8}$/g, ''));
    expect(privileged(templateOf({ engine: CODE_PIPELINE }))).toEqual([]);
    const stack = stackIn();
    deliver({ engine: DeliveryEngine.codePipeline({ connectionArn: CONNECTION, buildsImages: true }) }, stack);
    expect(privileged(Template.fromStack(stack))).toEqual(['Deploydev', 'Deploystaging', 'Deployprod']);
    expect(judge(stack)).toEqual([]);
  });

  test('tells the topic who has to approve', () => {
    const stack = stackIn();
    const approvalTopic = new sns.Topic(stack, 'Topic');
    const template = templateOf({ engine: DeliveryEngine.codePipeline({ connectionArn: CONNECTION, approvalTopic }) }, stack);
    expect(JSON.stringify(template.findResources('AWS::CodePipeline::Pipeline'))).toMatch(/"NotificationArn":\{"Ref":"Topic/);
    template.hasResourceProperties('AWS::IAM::Policy', { PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'sns:Publish' })]) } });
  });

  test('says that images are built without Docker, unless told so', () => {
    const warned = (buildsImages?: boolean) => {
      const stack = stackIn();
      new assets.DockerImageAsset(stack, 'Image', { directory: join(__dirname, '../../examples/workload') });
      deliver({ engine: DeliveryEngine.codePipeline({ connectionArn: CONNECTION, buildsImages }), stages: [{ name: 'prod' }] }, stack);
      return Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => entry.data);
    };
    expect(warned()).toEqual(['Tools/Image is built by the deployment, which has no Docker: set buildsImages of the engine [ack: Annotation::mlops-constructs:buildsImages]']);
    expect(warned(true)).toEqual([]);
  });

  test('refuses what is no connection', () => {
    expect(() => deliver({ engine: DeliveryEngine.codePipeline({ connectionArn: 'arn:aws:s3:::x' }) })).toThrow(new Error(
      "delivery pipeline 'Tools/Delivery': connectionArn must be the ARN of a connection, got 'arn:aws:s3:::x'"));
  });
});

describe('stages that would all be the same stacks in the same account', () => {
  const warned = (props: Partial<DeliveryPipelineProps>, stack = stackIn()) => {
    deliver(props, stack);
    return Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => entry.data);
  };
  const warning = 'dev delivers the stacks that staging and prod would, to the same account, before any approval: give stacks, or one stage';

  test('are told apart by nothing, which is said', () => {
    expect(warned({}, stackIn(KNOWN))).toEqual([`${warning}, or leave the account open and deploy to one for each stage [ack: Annotation::mlops-constructs:sharedStages]`]);
    expect(warned({ engine: CODE_PIPELINE })).toEqual([`${warning} [ack: Annotation::mlops-constructs:sharedStages]`]);
  });

  test.each<[string, Partial<DeliveryPipelineProps>, StackProps]>([
    ['an account that is open', {}, {}],
    ['one stage', { stages: [{ name: 'prod' }] }, KNOWN],
    ['stacks of their own', { stacks: new Buckets() }, KNOWN],
    ['stacks of their own, by CodePipeline', { stacks: new Buckets(), engine: CODE_PIPELINE }, {}],
  ])('are not those of %s', (_, props, where) => {
    expect(warned(props, stackIn(where))).toEqual([]);
  });
});

test.each<[string, Partial<DeliveryPipelineProps>, string]>([
  ['account', { environments: { prod: { account: '222222222222' } } },
    "environments.prod.account must be 111111111111, which the stacks of the app are in: give stacks to have others in each stage, got '222222222222'"],
  ['region', { environments: { prod: { account: '111111111111', region: 'eu-central-1' } } },
    "environments.prod.region must be eu-west-1, which the stacks of the app are in: give stacks to have others in each stage, got 'eu-central-1'"],
])('refuses another %s for stacks that have one', (_, props, message) => {
  expect(() => deliver(props, stackIn(KNOWN))).toThrow(new Error(`delivery pipeline 'Tools/Delivery': ${message}`));
});

test.each([['gitHubActions', undefined, 'Deploydev'], ['codePipeline', CODE_PIPELINE, 'DeploydevRole']])('the role of a stage of %s can be had', (_, engine, id) => {
  const stack = stackIn();
  const pipeline = deliver({ engine }, stack);
  expect(stack.resolve(pipeline.deployRole('dev').roleArn)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(`^Delivery${id}[0-9A-F]{8}$`), 'Arn'] });
  expect(() => pipeline.deployRole('qa')).toThrow(new Error("delivery pipeline 'Tools/Delivery': stage must be one of dev, staging, prod, got 'qa'"));
});

test.each<[string, Partial<DeliveryPipelineProps>, string]>([
  ['repository', { repository: 'churn' }, "repository must be a repository on GitHub as 'owner/name', or as 'owner@<id>/name@<id>', got 'churn'"],
  ['repository', { repository: 'acme@1/churn' }, "repository must be a repository on GitHub as 'owner/name', or as 'owner@<id>/name@<id>', got 'acme@1/churn'"],
  ['branch', { branch: 'a b' }, "branch must be the name of a branch, without refs/heads/, got 'a b'"],
  ['stages', { stages: [] }, 'stages must be at least one stage, got []'],
  ['stages', { stages: [{ name: '1st' }] }, "stages must be names of letters, digits and hyphens that start with a letter, at most 32, got '1st'"],
  ['stages', { stages: [{ name: 'dev' }, { name: 'Dev' }] }, "stages must be without repeats, got 'dev'"],
  ['environments', { environments: { qa: {} } }, "environments must be about a stage: dev, staging, prod, got 'qa'"],
  ['account', { environments: { dev: { account: '12' } } }, "environments.dev.account must be an account of twelve digits, got '12'"],
  ['region', { environments: { dev: { region: 'Ireland' } } }, "environments.dev.region must be a region like eu-west-1, got 'Ireland'"],
  ['bootstrapQualifier', { bootstrapQualifier: 'much too long' }, "bootstrapQualifier must be letters, digits, underscores and hyphens, at most 10, got 'much too long'"],
  ['nodeVersion', { nodeVersion: 'lts' }, "nodeVersion must be a major version like '22', got 'lts'"],
  ['workingDirectory', { workingDirectory: '/app' }, "workingDirectory must be a folder inside the repository, got '/app'"],
  ['installCommand', { installCommand: ' ' }, "installCommand must be a command on one line, got ' '"],
  ['testCommand', { testCommand: 'a\nb' }, "testCommand must be a command on one line, got 'a\nb'"],
  ['cdkCommand', { cdkCommand: '' }, "cdkCommand must be a command on one line, got ''"],
])('refuses a wrong %s', (_, props, message) => {
  expect(() => deliver(props)).toThrow(new Error(`delivery pipeline 'Tools/Delivery': ${message}`));
});

import { existsSync, mkdtempSync, readFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, aws_iam as iam, aws_kms as kms, aws_logs as logs, aws_s3 as s3, CfnParameter, NestedStack, RemovalPolicy, Stack, Stage, Validations } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { MlopsPolicies } from '../../src/aws/mlops-policies';
import { Policies } from '../../src/core/policies';

const violationsOf = (app: App, plugin = new MlopsPolicies()) => plugin.validate({ appConstruct: app, templatePaths: [], stackTemplates: [] });
const idsOf = (app: App, plugin?: MlopsPolicies) => [...new Set(violationsOf(app, plugin).violations.map((each) => each.ruleName))];
const reportOf = (dir: string) => JSON.parse(readFileSync(join(dir, 'compliance.json'), 'utf8'));

/** Quiet, and without the engine's own validation, which is not what is asked here. */
function synthesize(app: App): string {
  const quiet = jest.spyOn(console, 'error').mockImplementation();
  try {
    return app.synth({ force: true }).directory;
  } finally {
    quiet.mockRestore();
  }
}

function newApp(): App {
  return new App({ outdir: mkdtempSync(join(tmpdir(), 'policies-')), builtinCloudFormationValidation: false });
}

/** A bucket with one fault only: it has no versions. */
function unversioned(scope: IConstruct, id = 'Bucket'): s3.Bucket {
  const key = new kms.Key(scope as Stack, `${id}Key`, { enableKeyRotation: true });
  return new s3.Bucket(scope as Stack, id, { encryptionKey: key, enforceSSL: true, blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL });
}

describe('as a plugin of an app', () => {
  test('names a violation, its resource, the way out and the controls', () => {
    const app = newApp();
    unversioned(new Stack(app, 'S'));
    const report = violationsOf(app);
    expect(report.success).toBe(false);
    expect(report.violations).toContainEqual({
      ruleName: 'MLOPS-DAT-01',
      description: 'data is versioned: VersioningConfiguration is not Enabled',
      fix: 'set versioned: true',
      severity: 'error',
      ruleMetadata: { controls: 'NIST-800-53-r5:CP-9, NIST-800-53-r5:SI-12, ISO-42001:A.7.2, ISO-42001:A.7.5, EU-AI-Act:Art.10' },
      violatingResources: [{ constructPath: 'S/Bucket/Resource', locations: [] }],
    });
  });

  test('warnings do not stop synthesis', () => {
    const app = newApp();
    new kms.Key(new Stack(app, 'S'), 'Key', { enableKeyRotation: true });
    const report = violationsOf(app);
    expect(report.violations.map((each) => each.severity)).toEqual(['warning', 'warning']);
    expect(report.success).toBe(true);
  });

  test('a warning about many resources in the same words is said once, with all of them', () => {
    const app = newApp();
    const stack = new Stack(app, 'S');
    for (const id of ['One', 'Two', 'Three']) new kms.Key(stack, id, { enableKeyRotation: true });
    const untagged = violationsOf(app).violations.filter(({ ruleName }) => ruleName === 'MLOPS-TAG-01');
    expect(untagged.map(({ description }) => description)).toEqual(['billed resources are tagged: has no tag']);
    expect(untagged[0].violatingResources.map(({ constructPath }) => constructPath)).toEqual(['S/One/Resource', 'S/Three/Resource', 'S/Two/Resource']);
  });

  test('errors about several resources stay apart', () => {
    const app = newApp();
    const stack = new Stack(app, 'S');
    unversioned(stack, 'One');
    unversioned(stack, 'Two');
    expect(violationsOf(app).violations.filter(({ ruleName }) => ruleName === 'MLOPS-DAT-01')).toHaveLength(2);
  });

  test('stops a synthesis with a violation', () => {
    const app = newApp();
    unversioned(new Stack(app, 'S'));
    MlopsPolicies.applyTo(app);
    expect(() => synthesize(app)).toThrow(/data is versioned: VersioningConfiguration is not Enabled/);
  });

  test('says which policies it knows', () => {
    expect(new MlopsPolicies().ruleIds).toEqual(Policies.ALL.map((each) => each.id));
  });
});

describe('exceptions', () => {
  const rowsOf = (app: App, policy: string) => {
    synthesize(app);
    return reportOf(app.outdir).policies[policy].resources;
  };
  const acknowledging = (id: string, reason: string, on: (stack: Stack, bucket: s3.Bucket) => IConstruct = (_, bucket) => bucket) => {
    const app = newApp();
    const stack = new Stack(app, 'S');
    Validations.of(on(stack, unversioned(stack))).acknowledge({ id, reason });
    MlopsPolicies.applyTo(stack);
    return app;
  };

  test('an exception with a reason is accepted and stands in the report', () => {
    const app = acknowledging('MLOPS-DAT-01', 'a cache that is built again every night');
    expect(rowsOf(app, 'MLOPS-DAT-01')).toEqual([{
      resource: 'S/Bucket/Resource',
      resourceType: 'AWS::S3::Bucket',
      verdict: 'exception',
      details: ['VersioningConfiguration is not Enabled'],
      reasons: ['a cache that is built again every night'],
    }]);
    expect(readFileSync(join(app.outdir, 'compliance.md'), 'utf8'))
      .toContain('| MLOPS-DAT-01 | S/Bucket/Resource | VersioningConfiguration is not Enabled | a cache that is built again every night |');
  });

  test('an exception counts for what is below it', () => {
    expect(rowsOf(acknowledging('MLOPS-DAT-01', 'why', (stack) => stack), 'MLOPS-DAT-01')[0].verdict).toBe('exception');
  });

  test('an exception may be written with the name of the plugin', () => {
    expect(rowsOf(acknowledging('mlops-policies::MLOPS-DAT-01', 'why'), 'MLOPS-DAT-01')[0].verdict).toBe('exception');
  });

  test('a reason that was given to a judge that asks for the same is enough', () => {
    expect(rowsOf(acknowledging('NIST.800.53.R5-S3BucketVersioningEnabled', 'why'), 'MLOPS-DAT-01')[0].verdict).toBe('exception');
  });

  test('an exception without a reason is none, and is a violation itself', () => {
    const app = acknowledging('MLOPS-DAT-01', ' ');
    expect(idsOf(app)).toEqual(expect.arrayContaining(['MLOPS-DAT-01', 'MLOPS-EXC-01']));
    expect(violationsOf(app).violations.find((each) => each.ruleName === 'MLOPS-EXC-01')!.description)
      .toBe('every exception names a policy that exists and gives a reason: MLOPS-DAT-01 has no reason');
  });

  test('an exception from nothing is a violation', () => {
    const app = acknowledging('MLOPS-DAT-99', 'a slip of the pen');
    expect(violationsOf(app).violations.find((each) => each.ruleName === 'MLOPS-EXC-01')!.description)
      .toBe('every exception names a policy that exists and gives a reason: MLOPS-DAT-99 is no policy that can have exceptions');
  });

  test('a reason that was given to a judge of something else is none', () => {
    const app = newApp();
    const stack = new Stack(app, 'S');
    new logs.LogGroup(stack, 'Log');
    Validations.of(stack).acknowledge({ id: 'NIST.800.53.R5-SNSEncryptedKMS', reason: 'topics carry no data' });
    expect(idsOf(app)).toContain('MLOPS-ENC-01');
  });

  test('an exception that nothing needs says so, once', () => {
    const app = newApp();
    const [one, other] = [new Stack(app, 'One'), new Stack(app, 'Other')];
    Validations.of(app).acknowledge({ id: 'MLOPS-DAT-01', reason: 'once needed' }, { id: 'MLOPS-CST-02', reason: 'the organisation has a budget' });
    MlopsPolicies.applyTo(one);
    MlopsPolicies.applyTo(other);
    expect(rowsOf(app, 'MLOPS-EXC-01')).toEqual([
      { resource: '', verdict: 'compliant', details: ['MLOPS-DAT-01 is not needed: nothing was found that it excepts'], reasons: ['once needed'] },
      { resource: '', verdict: 'compliant', details: ['MLOPS-CST-02'], reasons: ['the organisation has a budget'] },
    ]);
  });

  test('what cannot be decided can be accepted', () => {
    const app = newApp();
    const stack = new Stack(app, 'S');
    const key = new kms.CfnKey(stack, 'Key', { enableKeyRotation: new CfnParameter(stack, 'Rotation').valueAsString as unknown as boolean });
    Validations.of(key).acknowledge({ id: 'MLOPS-ENC-04', reason: 'the parameter is true everywhere but in the sandbox' });
    key.applyRemovalPolicy(RemovalPolicy.RETAIN);
    MlopsPolicies.applyTo(stack);
    expect(rowsOf(app, 'MLOPS-ENC-04')).toEqual([expect.objectContaining({
      verdict: 'exception', details: ['EnableKeyRotation is known in the cloud only'], reasons: ['the parameter is true everywhere but in the sandbox'],
    })]);
  });

  test('an exception for one wildcard leaves the others', () => {
    const app = newApp();
    const stack = new Stack(app, 'S');
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    role.addToPolicy(new iam.PolicyStatement({ actions: ['s3:*', 'kms:*'], resources: ['arn:aws:s3:::b'] }));
    Validations.of(role).acknowledge({ id: 'MLOPS-IAM-01[Action::s3:*]', reason: 'why' }, { id: 'AwsSolutions-IAM5[Action::kms:Sign]', reason: 'another' });
    expect(violationsOf(app).violations.find((each) => each.ruleName === 'MLOPS-IAM-01')!.description)
      .toBe('wildcard permissions have a recorded reason: Action is kms:*');
  });
});

describe('what is looked at', () => {
  test('the policy of a bucket, not that of a bucket of the same name in another stack', () => {
    const app = newApp();
    new s3.Bucket(new Stack(app, 'One'), 'Data', { enforceSSL: true });
    new s3.Bucket(new Stack(app, 'Other'), 'Data');
    expect(violationsOf(app).violations.filter((each) => each.ruleName === 'MLOPS-ENC-02').map((each) => each.violatingResources[0].constructPath))
      .toEqual(['Other/Data/Resource']);
  });

  test.each([
    ['another stack', (app: App) => new Stack(app, 'Logs')],
    ['a nested stack', (app: App) => new NestedStack(app.node.findChild('S') as Stack, 'Logs')],
    ['the stack around', (app: App) => app.node.findChild('S') as Stack, (app: App) => new NestedStack(app.node.findChild('S') as Stack, 'Logs')],
  ])('the target of access logs in %s', (_, where, whereElse: (app: App) => Stack = (app) => app.node.findChild('S') as Stack) => {
    const app = newApp();
    const stack = new Stack(app, 'S');
    const target = new s3.Bucket(where(app), 'Target', { encryption: s3.BucketEncryption.S3_MANAGED });
    new s3.Bucket(whereElse(app), 'Data', { serverAccessLogsBucket: target, encryptionKey: new kms.Key(stack, 'Key') });
    MlopsPolicies.applyTo(app);
    expect(() => synthesize(app)).toThrow();
    expect(reportOf(app.outdir).policies['MLOPS-ENC-01'].verdict).toBe('compliant');
  });

  test('only the scopes', () => {
    const app = newApp();
    unversioned(new Stack(app, 'Other'));
    const stack = new Stack(app, 'S');
    const plugin = MlopsPolicies.applyTo(stack);
    expect(idsOf(app, plugin)).toEqual(['MLOPS-CST-02']);
  });

  test('each resource once, however many scopes it is in', () => {
    const app = newApp();
    const stack = new Stack(app, 'S');
    unversioned(stack);
    const plugin = MlopsPolicies.applyTo(stack);
    expect(MlopsPolicies.applyTo(stack)).toBe(plugin);
    expect(MlopsPolicies.applyTo(app)).toBe(plugin);
    expect(violationsOf(app, plugin).violations.filter((each) => each.ruleName === 'MLOPS-DAT-01')).toHaveLength(1);
    expect(app.node.children.filter((each) => each.node.id === 'MlopsCompliance')).toHaveLength(1);
  });

  test('a stage has a report of its own', () => {
    const app = newApp();
    const stage = new Stage(app, 'Prod');
    new kms.Key(new Stack(stage, 'S'), 'Key', { enableKeyRotation: true });
    const plugin = MlopsPolicies.applyTo(stage);
    const dir = synthesize(app);
    expect(reportOf(join(dir, 'assembly-Prod')).policies['MLOPS-ENC-04'].resources[0].resource).toBe('Prod/S/Key/Resource');
    expect(existsSync(join(dir, 'compliance.json'))).toBe(false);
    expect(idsOf(app, plugin)).toEqual(['MLOPS-TAG-01', 'MLOPS-CST-02']);
  });
});

test('what a synthesis found is not remembered after it', () => {
  const app = newApp();
  const stack = new Stack(app, 'S');
  const key = new kms.Key(stack, 'Key', { enableKeyRotation: true });
  const plugin = MlopsPolicies.applyTo(stack);
  synthesize(app);
  (key.node.defaultChild as kms.CfnKey).enableKeyRotation = false;
  expect(idsOf(app, plugin)).toContain('MLOPS-ENC-04');
});

describe('the report', () => {
  const inOrder = (ids: string[]) => {
    const app = newApp();
    const stack = new Stack(app, 'S');
    for (const id of ids) new kms.Key(stack, id, { enableKeyRotation: true });
    MlopsPolicies.applyTo(stack);
    return synthesize(app);
  };

  test('is the same, byte for byte, from run to run', () => {
    const read = (dir: string) => ['compliance.json', 'compliance.md', 'report.html'].map((name) => readFileSync(join(dir, name), 'utf8'));
    expect(read(inOrder(['A', 'B']))).toEqual(read(inOrder(['B', 'A'])));
  });

  test('goes from controls to policies to resources', () => {
    const report = reportOf(inOrder(['A']));
    expect(report.controls['NIST-800-53-r5:SC-12']).toEqual({ verdict: 'compliant', policies: ['MLOPS-ENC-01', 'MLOPS-ENC-04'] });
    expect(report.policies['MLOPS-ENC-04']).toEqual({
      title: 'keys rotate automatically',
      severity: 'error',
      controls: ['NIST-800-53-r5:SC-12', 'GDPR:Art.32'],
      verdict: 'compliant',
      resources: [{ resource: 'S/A/Resource', resourceType: 'AWS::KMS::Key', verdict: 'compliant', details: [], reasons: [] }],
    });
    expect(report.policies['MLOPS-NET-01'].verdict).toBe('compliant');
    expect(report.policies['MLOPS-SRV-01'].verdict).toBe('not applicable');
    expect(report.summary).toEqual({ compliant: 3, exception: 0, undecided: 0, violation: 2 });
  });

  test('grades the maturity of what it sees', () => {
    const dir = inOrder(['A']);
    expect(reportOf(dir).maturity.level).toBeUndefined();
    expect(reportOf(dir).maturity.practices[0]).toEqual({ practice: 'data versioning and lineage', fromLevel: 0, evidence: [] });
    expect(readFileSync(join(dir, 'compliance.md'), 'utf8')).toContain('| data versioning and lineage | 0 | nothing |');
  });

  test('is written again over an older one without the plugin touching the assembly', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'policies-'));
    for (const ids of [['A'], ['A', 'B']]) {
      const app = new App({ outdir, builtinCloudFormationValidation: false });
      const stack = new Stack(app, 'S');
      for (const id of ids) new kms.Key(stack, id, { enableKeyRotation: true });
      MlopsPolicies.applyTo(stack);
      synthesize(app);
    }
    expect(reportOf(outdir).policies['MLOPS-ENC-04'].resources).toHaveLength(2);
  });

  test('sees in a second synthesis what was changed after the first, whatever else looked at the tree before', () => {
    const app = newApp();
    const stack = new Stack(app, 'S');
    const key = new kms.Key(stack, 'Key', { enableKeyRotation: true });
    const policies = MlopsPolicies.applyTo(stack);
    const withoutPolicy = () => policies._landscapeOf(stack).resources.filter((each) => each.properties.KeyPolicy === undefined);
    stack.node.addValidation({ validate: () => withoutPolicy().map((each) => each.path) });
    const verdict = () => reportOf(synthesize(app)).policies['MLOPS-ENC-04'].verdict;
    expect(verdict()).toBe('compliant');
    (key.node.defaultChild as kms.CfnKey).addPropertyOverride('EnableKeyRotation', false);
    expect(verdict).toThrow(/keys rotate automatically/);
    expect(reportOf(app.outdir).policies['MLOPS-ENC-04'].verdict).toBe('violation');
  });
});

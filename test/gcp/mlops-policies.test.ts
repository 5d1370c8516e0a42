import { mkdtempSync, readFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { KmsCryptoKey } from '@cdktf/provider-google/lib/kms-crypto-key';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { App, Aspects, TerraformStack } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { ContainerImage, QualityGate, Serving } from '../../src/core';
import { MaturityModel } from '../../src/core/maturity';
import { GoogleProject, Level0Blueprint, Level1Blueprint, MlopsPolicies } from '../../src/gcp';
import { PROOFS } from '../../src/gcp/private/policy/maturity-evidence';

function newStack(id = 'Stack', app = new App({ outdir: mkdtempSync(join(tmpdir(), 'policies-')) })): TerraformStack {
  const stack = new TerraformStack(app, id);
  new GoogleProject(stack, 'Google', { projectId: 'my-project', region: 'europe-west4', projectNumber: '123456789012' });
  return stack;
}

function key(scope: Construct, id = 'Key', rotationPeriod: string | undefined = '7776000s'): KmsCryptoKey {
  return new KmsCryptoKey(scope, id, { name: 'k', keyRing: 'r', rotationPeriod, lifecycle: { preventDestroy: true } });
}

/** A bucket with one fault only: it has no versions. */
function unversioned(scope: Construct, id = 'Bucket'): StorageBucket {
  return new StorageBucket(scope, id, {
    name: 'b',
    location: 'europe-west4',
    publicAccessPrevention: 'enforced',
    uniformBucketLevelAccess: true,
    encryption: { defaultKmsKeyName: 'k' },
    lifecycle: { preventDestroy: true },
  });
}

const appOf = (node: IConstruct) => node.node.root as App;
const read = (stack: TerraformStack, name: string) => readFileSync(join(appOf(stack).outdir, 'stacks', stack.node.id, name), 'utf8');
const reportOf = (stack: TerraformStack) => JSON.parse(read(stack, 'compliance.json'));
const annotationsOf = (stack: TerraformStack): { level: string; message: string; constructPath: string; stacktrace?: unknown }[] =>
  JSON.parse(readFileSync(join(appOf(stack).outdir, 'manifest.json'), 'utf8')).stacks[stack.node.id].annotations;

describe('a violation', () => {
  test('of an error policy stops synthesis, names its resource and the way out, and stands in the report', () => {
    const stack = newStack();
    unversioned(stack);
    MlopsPolicies.applyTo(stack);
    expect(() => appOf(stack).synth()).toThrow('[Stack/Bucket] MLOPS-DAT-01 data is versioned: versioning is not enabled (set versioning.enabled)');
    expect(reportOf(stack).policies['MLOPS-DAT-01'].resources).toEqual([
      { resource: 'Stack/Bucket', resourceType: 'google_storage_bucket', verdict: 'violation', details: ['versioning is not enabled'], reasons: [] },
    ]);
  });

  test('of a warning policy is a warning, without the place where the code lies', () => {
    const stack = newStack();
    key(stack);
    MlopsPolicies.applyTo(stack);
    appOf(stack).synth();
    const [warning] = annotationsOf(stack);
    expect(warning).toEqual({
      level: '@cdktf/warn', constructPath: 'Stack', message: 'MLOPS-CST-02 a budget notifies before it is exceeded: no google_billing_budget with threshold_rules (give the guardrails a budget)',
    });
    expect(annotationsOf(stack).every(({ level, stacktrace }) => level === '@cdktf/warn' && stacktrace === undefined)).toBe(true);
  });

  test('of a warning policy at many resources is one warning of their stack, which names three of them', () => {
    const stack = newStack();
    for (const id of ['A', 'B', 'C', 'D', 'E']) key(stack, id);
    MlopsPolicies.applyTo(stack);
    appOf(stack).synth();
    const warnings = annotationsOf(stack).filter(({ message }) => message.startsWith('MLOPS-TAG-01'));
    expect(warnings.map(({ constructPath, message }) => [constructPath, message.replace(/ \(.*/, '')])).toEqual([
      ['Stack', 'MLOPS-TAG-01 billed resources are tagged: has no label at 5 resources, Stack/A, Stack/B, Stack/C and 2 more'],
    ]);
    expect(reportOf(stack).policies['MLOPS-TAG-01'].resources).toHaveLength(5);
  });

  test('is told once, however often the stack is synthesized', () => {
    const stack = newStack();
    key(stack);
    MlopsPolicies.applyTo(stack);
    appOf(stack).synth();
    const once = annotationsOf(stack).length;
    appOf(stack).synth();
    expect(annotationsOf(stack)).toHaveLength(once);
  });
});

describe('exceptions', () => {
  const acknowledging = (id: string, reason: string, on: (stack: TerraformStack, bucket: StorageBucket) => IConstruct = (_, bucket) => bucket) => {
    const stack = newStack();
    const bucket = unversioned(stack);
    MlopsPolicies.acknowledge(on(stack, bucket), id, reason);
    MlopsPolicies.applyTo(stack);
    return stack;
  };
  const versionsOf = (stack: TerraformStack) => {
    appOf(stack).synth();
    return reportOf(stack).policies['MLOPS-DAT-01'].resources;
  };

  test('with a reason are accepted and stand in the report', () => {
    const stack = acknowledging('MLOPS-DAT-01', 'a cache that is built again every night');
    expect(versionsOf(stack)).toEqual([{
      resource: 'Stack/Bucket',
      resourceType: 'google_storage_bucket',
      verdict: 'exception',
      details: ['versioning is not enabled'],
      reasons: ['a cache that is built again every night'],
    }]);
    expect(read(stack, 'compliance.md')).toContain('| MLOPS-DAT-01 | Stack/Bucket | versioning is not enabled | a cache that is built again every night |');
    expect(reportOf(stack).policies['MLOPS-EXC-01'].resources).toEqual([{
      resource: 'Stack/Bucket', resourceType: 'google_storage_bucket', verdict: 'compliant', details: ['MLOPS-DAT-01'], reasons: ['a cache that is built again every night'],
    }]);
  });

  test('count for what is below', () => {
    expect(versionsOf(acknowledging('MLOPS-DAT-01', 'why', (stack) => stack))[0].verdict).toBe('exception');
  });

  test('that were given to checkov for the same are enough', () => {
    expect(versionsOf(acknowledging('CKV_GCP_78', 'why'))[0].verdict).toBe('exception');
  });

  test('without a reason are none, and violations themselves', () => {
    expect(() => appOf(acknowledging('MLOPS-DAT-01', ' ')).synth()).toThrow(
      'MLOPS-EXC-01 every exception names a policy that exists and gives a reason: MLOPS-DAT-01 has no reason '
      + '(MlopsPolicies.acknowledge(construct, id, reason) with the id of a policy and a reason that a reader can judge)');
  });

  test('from nothing are violations', () => {
    expect(() => appOf(acknowledging('MLOPS-DAT-99', 'a slip of the pen')).synth()).toThrow('MLOPS-DAT-99 is no policy that can have exceptions');
  });

  test('for one role leave the others', () => {
    const stack = newStack();
    for (const role of ['roles/editor', 'roles/owner']) new ProjectIamMember(stack, role, { project: 'p', role, member: 'user:a@example.com' });
    MlopsPolicies.acknowledge(stack, 'MLOPS-IAM-01[Role::roles/editor]', 'why');
    MlopsPolicies.applyTo(stack);
    expect(() => appOf(stack).synth()).toThrow('roles/owner opens everything');
    expect(reportOf(stack).policies['MLOPS-IAM-01'].resources.map((each: any) => each.verdict).sort()).toEqual(['exception', 'violation']);
  });
});

describe('what is looked at', () => {
  test('is what aspects and overrides have made of it', () => {
    const stack = newStack();
    const bucket = unversioned(stack);
    Aspects.of(stack).add({ visit: (node) => node === bucket && bucket.addOverride('versioning.enabled', true) });
    MlopsPolicies.applyTo(stack);
    appOf(stack).synth();
    expect(reportOf(stack).policies['MLOPS-DAT-01'].verdict).toBe('compliant');
  });

  test('is the scopes alone', () => {
    const stack = newStack();
    unversioned(stack);
    const product = new Construct(stack, 'Product');
    key(product);
    MlopsPolicies.applyTo(product);
    appOf(stack).synth();
    expect(reportOf(stack).policies['MLOPS-DAT-01'].verdict).toBe('not applicable');
    expect(reportOf(stack).policies['MLOPS-ENC-04'].verdict).toBe('compliant');
  });

  test('is looked at once, however many scopes it is in', () => {
    const stack = newStack();
    const product = new Construct(stack, 'Product');
    key(product);
    const policies = MlopsPolicies.applyTo(product);
    expect(MlopsPolicies.applyTo(stack)).toBe(policies);
    appOf(stack).synth();
    expect(reportOf(stack).policies['MLOPS-ENC-04'].resources).toHaveLength(1);
  });

  test('is each stack for itself', () => {
    const one = newStack('One');
    const two = newStack('Two', appOf(one));
    key(one);
    key(two);
    MlopsPolicies.applyTo(one);
    MlopsPolicies.applyTo(two);
    appOf(one).synth();
    expect(reportOf(one).policies['MLOPS-ENC-04'].resources.map((each: any) => each.resource)).toEqual(['One/Key']);
    expect(reportOf(two).policies['MLOPS-ENC-04'].resources.map((each: any) => each.resource)).toEqual(['Two/Key']);
  });

  test('must be in a stack', () => {
    expect(() => MlopsPolicies.applyTo(new App({ outdir: mkdtempSync(join(tmpdir(), 'policies-')) }))).toThrow(
      'mlops policies \'App\': this construct becomes Terraform and must be in a TerraformStack of cdktf, got the scope \'App\'');
  });
});

describe('the report', () => {
  const inOrder = (ids: string[]) => {
    const stack = newStack();
    for (const id of ids) key(stack, id);
    MlopsPolicies.applyTo(stack);
    appOf(stack).synth();
    return stack;
  };

  test('is the same, byte for byte, from run to run', () => {
    const bytes = (stack: TerraformStack) => ['compliance.json', 'compliance.md'].map((name) => read(stack, name));
    expect(bytes(inOrder(['A', 'B']))).toEqual(bytes(inOrder(['B', 'A'])));
  });

  test('goes from controls to policies to resources, and says what means nothing here and why', () => {
    const stack = inOrder(['A']);
    const report = reportOf(stack);
    expect(report.controls['NIST-800-53-r5:SC-12']).toEqual({ verdict: 'compliant', policies: ['MLOPS-ENC-01', 'MLOPS-ENC-04'] });
    expect(report.policies['MLOPS-ENC-04'].resources).toEqual([
      { resource: 'Stack/A', resourceType: 'google_kms_crypto_key', verdict: 'compliant', details: [], reasons: [] },
    ]);
    expect(report.policies['MLOPS-ENC-03']).toMatchObject({
      verdict: 'not applicable', reason: 'Google encrypts what machines of a network say to each other; there is no setting that a job could miss', resources: [],
    });
    expect(read(stack, 'compliance.md')).toContain('| error | not applicable: Google encrypts what machines');
    expect(report.summary).toEqual({ compliant: 2, exception: 0, undecided: 0, violation: 2 });
  });

  test('grades the maturity of what it sees', () => {
    const report = reportOf(inOrder(['A']));
    expect(report.maturity.level).toBeUndefined();
    expect(report.maturity.practices[0]).toEqual({ practice: 'data versioning and lineage', fromLevel: 0, evidence: [] });
  });

  test('has a proof of every practice of the model', () => {
    expect(Object.keys(PROOFS).sort()).toEqual(MaturityModel.PRACTICES.map(({ name }) => name).sort());
  });
});

describe('a blueprint below level 2', () => {
  const checked = (Blueprint: typeof Level0Blueprint | typeof Level1Blueprint, policyChecks: boolean | undefined, serving = Serving.realTime()) => {
    const stack = newStack();
    new Blueprint(stack, 'Churn', {
      modelName: 'churn',
      image: ContainerImage.fromUri('europe-west4-docker.pkg.dev/my-project/images/churn@sha256:1'),
      training: { qualityGates: [QualityGate.atLeast('auc', 0.9)] },
      serving: { serving },
      governance: { policyChecks, budget: { monthlyUsd: 5, alertEmails: ['ml@example.com'] } },
    });
    appOf(stack).synth();
    return stack;
  };
  const jobsInNetwork = (stack: TerraformStack) => Object.entries<any>(JSON.parse(read(stack, 'cdk.tf.json')).resource.google_workflows_workflow)
    .filter(([, { source_contents: text }]) => text.includes('workerPoolSpecs'))
    .map(([id, { source_contents: text }]) => [/_(Training|Drift|Serving)_/.exec(id)![1], text.includes('"network":')]);

  test.each([
    ['level 0', Level0Blueprint, undefined],
    ['level 1', Level1Blueprint, undefined],
    ['level 1, serverless', Level1Blueprint, Serving.serverless()],
    ['level 1, batch', Level1Blueprint, Serving.batch()],
  ])('passes the checks that it is asked for: %s', (_, Blueprint, serving) => {
    expect(() => checked(Blueprint, true, serving)).not.toThrow();
  });

  test('has its jobs in the network where it is checked, which is what makes them pass', () => {
    expect(jobsInNetwork(checked(Level1Blueprint, true))).toEqual([['Drift', true], ['Training', true]]);
    expect(jobsInNetwork(checked(Level1Blueprint, undefined))).toEqual([['Drift', false], ['Training', false]]);
  });
});

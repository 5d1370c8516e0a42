import { KmsCryptoKey } from '@cdktf/provider-google/lib/kms-crypto-key';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { TerraformStack } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { ContainerImage, QualityGate, Serving } from '../../src/core';
import { GoogleProject, Level0Blueprint, Level1Blueprint, MlopsPolicies } from '../../src/gcp';
import { PROOFS } from '../../src/gcp/private/policy/maturity-evidence';
import { annotationsOf, appOf, newApp, read, reportOf, provePolicies } from '../support/mlops-policies';

function newStack(id = 'Stack', app = newApp()): TerraformStack {
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

provePolicies({
  policies: MlopsPolicies,
  newStack,
  key: (scope, id) => key(scope, id),
  keyType: 'google_kms_crypto_key',
  unversioned: (scope) => unversioned(scope),
  store: {
    path: 'Stack/Bucket', resourceType: 'google_storage_bucket', detail: 'versioning is not enabled', fix: 'set versioning.enabled)', argument: 'versioning.enabled',
  },
  noBudget: 'no google_billing_budget with threshold_rules',
  noSetting: 'Google encrypts what machines of a network say to each other; there is no setting that a job could miss',
  violations: 2,
  proofs: PROOFS,
});

describe('a violation', () => {
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

  test('that were given to checkov for the same are enough', () => {
    expect(versionsOf(acknowledging('CKV_GCP_78', 'why'))[0].verdict).toBe('exception');
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

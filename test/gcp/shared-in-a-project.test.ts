import fs from 'node:fs';
import path from 'node:path';
import { App, TerraformStack, TerraformVariable, Testing } from 'cdktf';
import { Construct } from 'constructs';
import { ContainerImage, Schedule, Trigger } from '../../src/core';
import {
  DataLake, EndpointAccess, GoogleProject, GovernanceGuardrails, GovernanceGuardrailsProps, ModelRegistry, ModelSource, ServingEndpoint,
  TrainingPipeline,
} from '../../src/gcp';
import { resourceAt, synthesized } from '../support/terraform';
import { referenceFaults } from '../support/terraform-graph';

const image = ContainerImage.fromUri('europe-west4-docker.pkg.dev/my-project/images/churn@sha256:1');

function stackIn(app: App, id: string, projectId = 'my-project', region = 'europe-west4'): TerraformStack {
  const stack = new TerraformStack(app, id);
  new GoogleProject(stack, 'Google', { projectId, region, projectNumber: '123456789012' });
  return stack;
}

/** Warnings on a construct itself. */
function warningsOf(construct: Construct): string[] {
  return construct.node.metadata.filter(({ type }) => type === '@cdktf/warn').map(({ data }) => data);
}

describe('a perimeter and the address of an endpoint', () => {
  const WAY_OUT = 'VPC Service Controls do not support such addresses, so give the endpoint access: EndpointAccess.shared() or EndpointAccess.privateServiceConnect(…)';

  class World {
    private readonly app = Testing.app();
    public readonly stack = stackIn(this.app, 'Stack');
    private readonly data = new DataLake(this.stack, 'Data');
    private readonly model = ModelSource.latestApproved(new ModelRegistry(this.stack, 'Registry', { data: this.data, modelName: 'churn' }));

    public serve(access?: EndpointAccess): ServingEndpoint {
      return new ServingEndpoint(this.stack, 'Serving', { data: this.data, model: this.model, access });
    }

    public guard(enforced: boolean, restrictedServices?: string[], projectId = 'my-project'): GovernanceGuardrails {
      const stack = stackIn(this.app, 'Guards', projectId);
      return new GovernanceGuardrails(stack, 'Governance', {
        data: new DataLake(stack, 'Data'),
        auditLog: false,
        policyChecks: false,
        servicePerimeter: { accessPolicyId: '1', enforced, restrictedServices },
      });
    }
  }

  test('are refused together, whichever comes first', () => {
    const endpointFirst = new World();
    endpointFirst.serve();
    expect(() => endpointFirst.guard(true)).toThrow(new Error('governance guardrails \'Guards/Governance\': '
      + `servicePerimeter is around the project of 'Stack/Serving', whose access is a dedicated address: ${WAY_OUT}`));
    const perimeterFirst = new World();
    perimeterFirst.guard(true);
    expect(() => perimeterFirst.serve(EndpointAccess.dedicated())).toThrow(new Error('serving endpoint \'Stack/Serving\': '
      + `access is a dedicated address, and 'Guards/Governance' draws a perimeter around the project: ${WAY_OUT}`));
  });

  test('are warned of while the perimeter is a dry run', () => {
    const endpointFirst = new World();
    endpointFirst.serve();
    expect(warningsOf(endpointFirst.guard(false))).toEqual([expect.stringContaining('servicePerimeter is around the project of \'Stack/Serving\'')]);
    const perimeterFirst = new World();
    perimeterFirst.guard(false);
    expect(warningsOf(perimeterFirst.serve())).toContainEqual(expect.stringContaining('\'Guards/Governance\' tries a perimeter around the project'));
  });

  test.each<[string, (world: World) => void]>([
    ['a shared address', (world) => world.serve(EndpointAccess.shared())],
    ['a private one', (world) => world.serve(EndpointAccess.privateServiceConnect(['my-project']))],
  ])('fit with %s', (_, serve) => {
    const world = new World();
    serve(world);
    expect(warningsOf(world.guard(true))).toEqual([]);
  });

  test('do not meet in two projects, or where Vertex AI is not in the perimeter', () => {
    const world = new World();
    world.serve();
    expect(warningsOf(world.guard(true, undefined, 'other-project'))).toEqual([]);
    const outside = new World();
    outside.serve();
    expect(warningsOf(outside.guard(true, ['storage']))).toEqual([]);
  });
});

describe('the audit settings of a project in two stacks', () => {
  function second(projectId: string, props: Partial<GovernanceGuardrailsProps> = {}): string[] {
    const app = Testing.app();
    const [first, other] = [stackIn(app, 'First'), stackIn(app, 'Second', projectId)];
    const guard = (stack: TerraformStack, more: Partial<GovernanceGuardrailsProps>) => new GovernanceGuardrails(stack, 'Governance', {
      data: new DataLake(stack, 'Data'), cloudGuardrails: false, policyChecks: false, ...more,
    });
    guard(first, {});
    return warningsOf(guard(other, props));
  }

  test('are warned of, with the way out', () => {
    expect(second('my-project', { auditServices: ['storage', 'bigquery'] })).toEqual(['governance guardrails \'Second/Governance\': \'First/Governance\' of another stack records '
      + 'storage in the same project, which has one such setting: destroying one stack ends the records of both. Set auditLog: false, or other auditServices, in one of them']);
  });

  test('are two in two projects, and one where only one records', () => {
    expect(second('other-project')).toEqual([]);
    expect(second('my-project', { auditLog: false })).toEqual([]);
    expect(second('my-project', { auditServices: ['bigquery'] })).toEqual([]);
  });
});

test('two registries of one model are warned of, those of two regions are not', () => {
  const app = Testing.app();
  const registryIn = (id: string, region?: string, modelName = 'churn') => {
    const stack = stackIn(app, id, 'my-project', region);
    return new ModelRegistry(stack, 'Registry', { data: new DataLake(stack, 'Data'), modelName });
  };
  expect(warningsOf(registryIn('First'))).toEqual([]);
  expect(warningsOf(registryIn('Second', undefined, 'Churn'))).toEqual(['model registry \'Second/Registry\': modelName Churn is that of \'First/Registry\' in the same project and region, '
    + 'so that both have the versions and the alias live of one model: choose another name, or give that registry to what uses this one']);
  expect(warningsOf(registryIn('Third', 'us-central1'))).toEqual([]);
});

describe('a trigger on objects that the run does not read', () => {
  function trained(triggers: Trigger[], datasetPrefix?: string): string[] {
    const stack = stackIn(Testing.app(), 'Stack');
    const data = new DataLake(stack, 'Data');
    const registry = new ModelRegistry(stack, 'Registry', { data, modelName: 'churn' });
    return warningsOf(new TrainingPipeline(stack, 'Training', { data, registry, image, triggers, datasetPrefix }));
  }

  test('is warned of', () => {
    expect(trained([Trigger.schedule(Schedule.weekly()), Trigger.newData('incoming/')])).toEqual(['training pipeline \'Stack/Training\': triggers: objects below incoming/ start a run, '
      + 'which reads dataset/ alone: watch a prefix in it, or set datasetPrefix, unless they only say that the data is complete']);
  });

  test.each<[string, string | undefined]>([['dataset/_SUCCESS', undefined], ['incoming/_SUCCESS', 'incoming/'], ['incoming/', 'incoming/churn/']])(
    'is not one on %s with the data set %s', (prefix, datasetPrefix) => {
      expect(trained([Trigger.newData(prefix)], datasetPrefix)).toEqual([]);
    });
});

describe('what a project has once', () => {
  const PEM = '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZI\n-----END PUBLIC KEY-----\n';
  const ONCE: [string, Partial<GovernanceGuardrailsProps>, string][] = [
    ['policies of the organisation', { orgPolicies: true }, 'orgPolicies: a project has one policy of ainotebooks.disableRootAccess'],
    ['images that may run', { binaryAuthorization: { publicKeyPem: PEM } }, 'binaryAuthorization: a project has one policy of what may run'],
    ['a perimeter', { servicePerimeter: { accessPolicyId: '1' } }, 'servicePerimeter: a project is in one perimeter, or in none'],
  ];
  const guard = (stack: TerraformStack, id: string, props: Partial<GovernanceGuardrailsProps>) => new GovernanceGuardrails(stack, id, {
    data: stack.node.tryFindChild('Data') as DataLake | undefined ?? new DataLake(stack, 'Data'), auditLog: false, policyChecks: false, ...props,
  });

  test.each(ONCE)('%s: a second construct of the same stack is refused', (_, props, sentence) => {
    const stack = stackIn(Testing.app(), 'Stack');
    guard(stack, 'First', props);
    expect(() => guard(stack, 'Second', props)).toThrow(new Error(
      `governance guardrails 'Stack/Second': ${sentence}, and 'Stack/First' has it already: leave it to one of the two`));
  });

  test.each(ONCE)('%s: so is one of another stack in the same project, but not in another', (_, props, sentence) => {
    const app = Testing.app();
    guard(stackIn(app, 'First'), 'Governance', props);
    guard(stackIn(app, 'Other', 'other-project'), 'Governance', props);
    expect(() => guard(stackIn(app, 'Second'), 'Governance', props)).toThrow(`${sentence}, and 'First/Governance' has it already`);
  });

  test('two may set different policies of the organisation', () => {
    const stack = stackIn(Testing.app(), 'Stack');
    const ruled = ['compute.vmExternalIpAccess', 'gcp.resourceLocations', 'gcp.restrictNonCmekServices'];
    guard(stack, 'First', { orgPolicies: true, orgPolicyExemptions: ruled });
    expect(() => guard(stack, 'Second', {
      orgPolicies: true,
      orgPolicyExemptions: [
        'ainotebooks.disableRootAccess', 'ainotebooks.restrictPublicIp', 'compute.disableSerialPortAccess', 'compute.requireShieldedVm',
        'iam.automaticIamGrantsForDefaultServiceAccounts', 'iam.disableServiceAccountKeyCreation', 'iam.disableServiceAccountKeyUpload',
        'sql.restrictAuthorizedNetworks', 'sql.restrictPublicIp', 'storage.publicAccessPrevention', 'storage.secureHttpTransport',
        'storage.uniformBucketLevelAccess',
      ],
    })).not.toThrow();
  });

  /** Resources of the provider that stand for a setting of the whole project, or take away what others have given. */
  const PROJECT_WIDE = /^(access-context-manager-service-perimeter|app-engine-.*|.*-iam-(binding|policy)|binary-authorization-policy|compute-project-.*|eventarc-google-.*|iap-brand|identity-platform-config|logging-(project-(bucket|settings|cmek).*settings.*|organization-.*)|org-policy-policy|project-default-service-accounts|project-iam-audit-config|project-organization-policy|project-usage-export-bucket|storage-.*-acl|vertex-ai-rag-engine-config)$/;

  test('is handled for every type that the constructs make', () => {
    const folder = path.resolve(__dirname, '..', '..', 'src', 'gcp');
    const made = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [...fs.readFileSync(path.join(folder, file), 'utf8').matchAll(/provider-google\/lib\/([a-z0-9-]+)'/g)].map(([, type]) => type));
    expect(made.length).toBeGreaterThan(50);
    expect([...new Set(made)].filter((type) => PROJECT_WIDE.test(type)).sort()).toEqual([
      'access-context-manager-service-perimeter', 'binary-authorization-policy', 'org-policy-policy', 'project-iam-audit-config',
    ]);
  });
});

describe('the bucket of a lake of another project', () => {
  const LAKE = {
    rawBucketName: 'theirs-raw',
    artifactBucketName: 'theirs',
    featureDatasetId: 'features',
    captureDatasetId: 'capture',
    encryptionKeyId: 'projects/theirs/locations/europe-west4/keyRings/ring/cryptoKeys/key',
  };

  function served(dataOf: (stack: TerraformStack) => DataLake | ReturnType<typeof DataLake.fromAttributes>) {
    const stack = stackIn(Testing.app(), 'Stack');
    const data = dataOf(stack);
    const registry = new ModelRegistry(stack, 'Registry', { data, modelName: 'churn' });
    new ServingEndpoint(stack, 'Serving', { data, model: ModelSource.latestApproved(registry) });
    new TrainingPipeline(stack, 'Training', { data, registry, image, triggers: [Trigger.newData('dataset/')] });
    return synthesized(stack);
  }
  const publisherOf = (config: ReturnType<typeof synthesized>) => resourceAt(config, 'google_pubsub_topic_iam_member', 'Serving_SettingsPublisher').member;

  test('tells of its objects as the agent of its own project', () => {
    const config = served((stack) => DataLake.fromAttributes(stack, 'Data', LAKE));
    const [[id, bucket]] = Object.entries<any>(config.data.google_storage_bucket).filter(([, { name }]) => name === 'theirs');
    expect(bucket.name).toBe('theirs');
    expect(publisherOf(config)).toBe(`serviceAccount:service-\${data.google_storage_bucket.${id}.project_number}@gs-project-accounts.iam.gserviceaccount.com`);
    expect(referenceFaults(config)).toEqual([]);
  });

  test('starts no training, which the plan says', () => {
    const config = served((stack) => DataLake.fromAttributes(stack, 'Data', LAKE));
    const { lifecycle } = resourceAt(config, 'google_eventarc_trigger', 'Training_OnNewData');
    expect(lifecycle.precondition).toEqual([{
      condition: expect.stringMatching(/^\$\{\(?tostring\(data\.google_storage_bucket\.\w+\.project_number\) == "123456789012"\)?\}$/),
      error_message: expect.stringContaining('Stack/Training listens to a bucket of another project'),
    }]);
  });

  test('is asked for where its name is a variable, and not where the app makes it', () => {
    const variable = served((stack) => DataLake.fromAttributes(stack, 'Data', {
      ...LAKE, artifactBucketName: new TerraformVariable(stack, 'bucket', { type: 'string' }).stringValue,
    }));
    expect(publisherOf(variable)).toContain('data.google_storage_bucket');
    const own = served((stack) => new DataLake(stack, 'Data'));
    expect(own.data.google_storage_bucket).toBeUndefined();
    expect(publisherOf(own)).toBe('serviceAccount:service-123456789012@gs-project-accounts.iam.gserviceaccount.com');
    expect(resourceAt(own, 'google_eventarc_trigger', 'Training_OnNewData').lifecycle).toBeUndefined();
  });

  test('tells ten endpoints of their settings, and the eleventh is refused', () => {
    const stack = stackIn(Testing.app(), 'Stack');
    const data = new DataLake(stack, 'Data');
    const serve = (index: number) => {
      const registry = new ModelRegistry(stack, `Registry${index}`, { data, modelName: `churn-${index}` });
      new ServingEndpoint(stack, `Serving${index}`, { data, model: ModelSource.latestApproved(registry) });
    };
    for (let index = 0; index < 10; index += 1) serve(index);
    expect(() => serve(10)).toThrow(new Error("serving endpoint 'Stack/Serving10': the bucket tells 10 listeners of new objects at most, and 'Stack/Serving0' "
      + 'and 9 others are: give every tenth product a DataLake of its own'));
  });
});

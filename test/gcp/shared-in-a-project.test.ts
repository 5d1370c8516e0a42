import { App, TerraformStack, Testing } from 'cdktf';
import { Construct } from 'constructs';
import { ContainerImage, Schedule, Trigger } from '../../src/core';
import {
  DataLake, EndpointAccess, GoogleProject, GovernanceGuardrails, GovernanceGuardrailsProps, ModelRegistry, ModelSource, ServingEndpoint,
  TrainingPipeline,
} from '../../src/gcp';

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

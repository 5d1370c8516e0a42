import { ContainerImage } from '../../src/core/container-image';
import { QualityGate } from '../../src/core/quality-gate';
import {
  DataLake, ModelRegistry, ModelSource, MonitoringStack, MonitoringStackProps, ServingEndpoint, TrainingPipeline,
} from '../../src/gcp';
import { googleStack } from '../support/terraform';

const image = ContainerImage.fromUri('europe-west4-docker.pkg.dev/my-project/churn/image:1');
const who = "monitoring stack 'Stack/Monitoring': ";

function world() {
  const stack = googleStack();
  const data = new DataLake(stack, 'Data');
  const registryOf = (id: string, modelName: string) => new ModelRegistry(stack, id, { data, modelName });
  return { stack, data, churn: registryOf('Churn', 'churn'), fraud: registryOf('Fraud', 'fraud') };
}

type World = ReturnType<typeof world>;

/** Drift runs of an endpoint, compared with the versions of a registry. */
function watch(model: (made: World) => ModelSource, more: (made: World) => Partial<MonitoringStackProps>) {
  const made = world();
  const { data, stack } = made;
  const endpoint = new ServingEndpoint(stack, 'Serving', { data, model: model(made), capture: {} });
  return new MonitoringStack(stack, 'Monitoring', { data, endpoint, image, registry: made.churn, drift: {}, ...more(made) });
}

const approved = ({ churn }: World) => ModelSource.latestApproved(churn);
// A version by the number of its project, as the console has it.
const version = ({ churn }: World) => ModelSource.version(`projects/123456789012/locations/europe-west4/models/${churn.modelId}@3`);

describe('what drift is compared with', () => {
  test.each([
    ['drift', {}], ['modelQuality', { drift: undefined, modelQuality: { gates: [QualityGate.atLeast('auc', 0.8)] } }],
  ])('is refused for %s of an artifact, which has no reference', (prop, props) => {
    const model = () => ModelSource.artifact({ image, artifactUri: 'gs://models/churn' });
    expect(() => watch(model, () => props)).toThrow(
      `${who}${prop} has nothing to compare with: 'Serving' serves an artifact, and only registered versions know their training reference: `
      + 'use ModelSource.version or ModelSource.latestApproved');
  });

  test.each([['approved versions', approved], ['one version', version]])('is refused where it is the registry of another model than that of %s', (_, model) => {
    const made = world();
    expect(() => watch(model, ({ fraud }) => ({ registry: fraud })))
      .toThrow(`${who}registry 'Fraud' has the versions of ${made.fraud.modelId}, and 'Serving' serves those of ${made.churn.modelId}: give the registry of these`);
  });

  test.each([['approved versions', approved], ['one version', version]])('is taken where it is the registry of %s', (_, model) => {
    expect(() => watch(model, () => ({}))).not.toThrow();
  });
});

test('the pipeline that drift starts trains the model that is served', () => {
  const made = world();
  const trains = (registry: 'churn' | 'fraud') => ({ data, stack, ...registries }: World) => (
    { drift: { retrain: true }, training: new TrainingPipeline(stack, 'Training', { data, image, registry: registries[registry] }) });
  expect(() => watch(approved, trains('churn'))).not.toThrow();
  expect(() => watch(approved, trains('fraud'))).toThrow(
    `${who}training 'Training' trains ${made.fraud.modelId}, and registry 'Churn' has the versions of ${made.churn.modelId}: give the pipeline that trains these`);
});

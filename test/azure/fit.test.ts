import {
  ModelRegistry, ModelSource, MonitoringStack, MonitoringStackProps, ServingEndpoint, TrainingPipeline,
} from '../../src/azure';
import { ContainerImage } from '../../src/core/container-image';
import { QualityGate } from '../../src/core/quality-gate';
import { azureStack } from '../support/azure';
import { PlainLake, PlainWorkspace } from '../support/azure-parts';

const image = ContainerImage.fromUri('mcr.microsoft.com/churn:1');
const who = "monitoring stack 'Stack/Monitoring': ";

function world() {
  const stack = azureStack({ resourceGroupName: 'ml' });
  const [data, workspace] = [new PlainLake(stack, 'Data'), new PlainWorkspace(stack, 'Workspace')];
  const registryOf = (id: string, modelName: string) => new ModelRegistry(stack, id, { data, workspace, modelName });
  return { stack, data, workspace, churn: registryOf('Churn', 'churn'), fraud: registryOf('Fraud', 'fraud') };
}

type World = ReturnType<typeof world>;

/** Drift runs of an endpoint, compared with the versions of a registry. */
function watch(model: (made: World) => ModelSource, more: (made: World) => Partial<MonitoringStackProps>) {
  const made = world();
  const { data, stack, workspace } = made;
  const endpoint = new ServingEndpoint(stack, 'Serving', { data, workspace, model: model(made), capture: {} });
  return new MonitoringStack(stack, 'Monitoring', { data, workspace, endpoint, image, registry: made.churn, drift: {}, ...more(made) });
}

const approved = ({ churn }: World) => ModelSource.latestApproved(churn);
const version = ({ churn }: World) => ModelSource.version(`${churn.modelContainerId}/versions/3`);

describe('what drift is compared with', () => {
  test.each([
    ['drift', {}], ['modelQuality', { drift: undefined, modelQuality: { gates: [QualityGate.atLeast('auc', 0.8)] } }],
  ])('is refused for %s of an artifact, which has no reference', (prop, props) => {
    const model = () => ModelSource.artifact({ image, modelUri: 'models/churn/' });
    expect(() => watch(model, () => props)).toThrow(
      `${who}${prop} has nothing to compare with: 'Serving' serves an artifact, and only registered versions know their training reference: `
      + 'use ModelSource.version or ModelSource.latestApproved');
  });

  test.each([['approved versions', approved], ['one version', version]])('is refused where it is the registry of another model than that of %s', (_, model) => {
    expect(() => watch(model, ({ fraud }) => ({ registry: fraud })))
      .toThrow(`${who}registry 'Fraud' has the versions of fraud, and 'Serving' serves those of churn: give the registry of these`);
  });

  test.each([['approved versions', approved], ['one version', version]])('is taken where it is the registry of %s', (_, model) => {
    expect(() => watch(model, () => ({}))).not.toThrow();
  });
});

test('the pipeline that drift starts trains the model that is served', () => {
  const trains = (registry: 'churn' | 'fraud') => (made: World) => {
    const { data, stack, workspace } = made;
    return { drift: { retrain: true }, training: new TrainingPipeline(stack, 'Training', { data, workspace, image, registry: made[registry] }) };
  };
  expect(() => watch(approved, trains('churn'))).not.toThrow();
  expect(() => watch(approved, trains('fraud')))
    .toThrow(`${who}training 'Training' trains fraud, and registry 'Churn' has the versions of churn: give the pipeline that trains these`);
});

import { Construct } from 'constructs';
import { MlopsError } from '../../../src/core/private/errors';
import { refuse, refuseBecause, speakerFor, speakerForPart } from '../../../src/core/private/validation';
import { refusalOf } from '../../support/refusal';

class Root extends Construct {
  constructor() {
    super(undefined as unknown as Construct, '');
  }
}

describe('a refusal', () => {
  const churn = new Construct(new Root(), 'Churn');

  test('names the path of the construct, and has a code and the path as fields', () => {
    const error = refusalOf(() => refuse(speakerFor('training pipeline', churn, 'Training'), 'compute.acceleratorCount', 3, '1, 2, 4 or 8'));
    expect(error).toBeInstanceOf(MlopsError);
    expect({ ...error, name: error!.name, message: error!.message }).toEqual({
      name: 'InvalidTrainingPipelineComputeAcceleratorCount',
      constructPath: 'Churn/Training',
      message: 'training pipeline \'Churn/Training\': compute.acceleratorCount must be 1, 2, 4 or 8, got 3',
    });
  });

  test('of a combination has a code of its own', () => {
    const error = refusalOf(() => refuseBecause(speakerFor('serving endpoint', churn), 'serverless records nothing'));
    expect(error!.name).toBe('UnsupportedServingEndpoint');
  });

  test('of a part names the construct around it, and its code the part alone', () => {
    const store = speakerFor('feature store', churn, 'Features');
    const error = refusalOf(() => refuse(speakerForPart(store, 'feature group', 'customers'), 'entityKey', 'id', 'one of its features'));
    expect(error!.name).toBe('InvalidFeatureGroupEntityKey');
    expect(error!.message).toBe('feature store \'Churn/Features\': feature group \'customers\': entityKey must be one of its features, got \'id\'');
    expect((error as MlopsError).constructPath).toBe('Churn/Features');
  });
});

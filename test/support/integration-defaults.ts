import { FeatureGroupSpec, FeatureType, Integration, SecretName } from '../../src/core';
import { planOf } from '../../src/core/private/integrations/plan';

const KEY = SecretName.of('key');
const GROUP: FeatureGroupSpec = {
  name: 'customers',
  entityKey: 'id',
  eventTime: 'at',
  features: ['id', 'at', 'plan'].map((name) => ({ name, valueType: FeatureType.STRING })),
};

/** Integrations on a cloud, by the struct of their options: what is planned, or why it is refused. */
export function integrationsOn(cloud: Parameters<typeof planOf>[2]): { readonly [owner: string]: (given: any) => unknown } {
  const planned = (make: (given: any) => Integration) => (given: any) => {
    try {
      return planOf({ what: 'stack', name: 'Stack' }, make(given), cloud);
    } catch (error) {
      return String(error);
    }
  };
  return {
    DatadogOptions: planned((given) => Integration.datadog({ apiKey: KEY, ...given })),
    FeastOptions: planned((given) => Integration.feast({ featureGroups: [GROUP], ...given })),
    MlflowOptions: planned((given) => Integration.mlflow(given)),
    PachydermOptions: planned((given) => Integration.pachyderm({ endpoint: 'https://pachyderm.example.com', token: KEY, ...given })),
    PrefectOptions: planned((given) => Integration.prefect(given)),
    TectonOptions: planned((given) => Integration.tecton({ endpoint: 'https://tecton.example.com', apiKey: KEY, ...given })),
    WeightsAndBiasesOptions: planned((given) => Integration.weightsAndBiases({ entity: 'acme', apiKey: KEY, ...given })),
  };
}

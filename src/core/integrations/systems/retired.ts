import { CONNECTED } from './answers';
import { System } from '../system';

const GONE = 'the system is gone';
const REFUSED: System['clouds'] = {
  aws: { as: 'refused', how: GONE },
  gcp: { as: 'refused', how: GONE },
  azure: { as: 'refused', how: GONE },
};

/** @see https://docs.neptune.ai/transition_hub/ */
export const NEPTUNE: System = {
  id: 'neptune',
  title: 'Neptune',
  purposes: ['experiment tracking'],
  status: {
    kind: 'retired',
    since: '2026-03-05',
    reason: 'OpenAI bought its makers, and on that day the service ended and its data was deleted',
    replacement:
      'Integration.mlflow() or Integration.weightsAndBiases(), into which the exporter of Neptune loads what was exported before',
  },
  licence: 'commercial',
  version: 'service',
  readOn: '2026-11-30',
  home: 'https://neptune.ai',
  client: { variables: {}, packages: [] },
  clouds: REFUSED,
};

/** @see https://docs.tecton.ai */
export const TECTON: System = {
  id: 'tecton',
  title: 'Tecton',
  purposes: ['feature store'],
  status: {
    kind: 'unmaintained',
    since: '2025-08',
    reason: 'Databricks bought its makers and takes no new customers',
    replacement: 'Integration.databricks(), whose feature store goes on with it, or the feature store of the cloud',
  },
  licence: 'commercial',
  version: 'service',
  readOn: '2026-11-30',
  home: 'https://www.tecton.ai',
  client: { variables: { TECTON_URL: '{endpoint}' }, packages: ['tecton>=1.2,<2'], serviceDomains: ['tecton.ai'] },
  clouds: CONNECTED,
};

/** @see https://github.com/pachyderm/pachyderm */
export const PACHYDERM: System = {
  id: 'pachyderm',
  title: 'Pachyderm',
  purposes: ['data versioning'],
  status: {
    kind: 'unmaintained',
    since: '2025-01',
    reason: 'its makers were bought by HPE in 2023, and nothing has changed in its code since then',
    replacement: 'Integration.lakeFs() for versions of data and the training pipeline for what runs on them',
  },
  licence: 'Apache-2.0',
  version: '2.12.2',
  readOn: '2026-11-30',
  home: 'https://github.com/pachyderm/pachyderm',
  client: { variables: { PACHD_ADDRESS: '{endpoint}' }, packages: ['pachyderm-sdk>=2.12,<3'] },
  clouds: CONNECTED,
};

import { System } from '../system';

const STORE = 'files in the lake under integrations/dvc/, which whoever uses the connection reads and writes';

/**
 * DVC: versions of data in the lake, by a remote that every job and notebook knows.
 *
 * @see https://dvc.org/doc/user-guide/project-structure/configuration
 */
export const DVC: System = {
  id: 'dvc',
  title: 'DVC',
  purposes: ['data versioning'],
  status: { kind: 'active' },
  licence: 'Apache-2.0',
  version: '3.67.1',
  readOn: '2026-11-30',
  home: 'https://dvc.org',
  client: {
    variables: {},
    // The configuration of the user, below that of a project: no repository needs a line about the cloud.
    files: { '.config/dvc/config': ['[core]', '    analytics = false', '    remote = lake', "['remote \"lake\"']", '    url = {store}', ''].join('\n') },
    packages: ['dvc>=3.60,<4'],
    store: true,
  },
  onCloud: {
    aws: { client: { packages: ['dvc[s3]>=3.60,<4'] } },
    gcp: { client: { packages: ['dvc[gs]>=3.60,<4'] } },
    azure: {
      client: {
        packages: ['dvc[azure]>=3.60,<4'],
        files: {
          '.config/dvc/config': [
            '[core]', '    analytics = false', '    remote = lake', "['remote \"lake\"']",
            '    url = azure://{store.container}/{store.path}', '    account_name = {store.account}', '',
          ].join('\n'),
        },
      },
    },
  },
  clouds: {
    aws: { as: 'connected', how: `AWS::IAM::Policy: ${STORE}` },
    gcp: { as: 'connected', how: `google_storage_bucket_iam_member: ${STORE}` },
    azure: { as: 'connected', how: `azurerm_role_assignment: ${STORE}` },
  },
};

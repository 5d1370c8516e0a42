import { FeastOptions, FeatureGroupSpec, FeatureType, Integration, Schedule } from '../../../src/core';
import { feastDefinitions } from '../../../src/core/private/integrations/feast';
import { clientSettings, planOf } from '../../../src/core/private/integrations/plan';

const CUSTOMERS: FeatureGroupSpec = {
  name: 'customers',
  entityKey: 'customer_id',
  eventTime: 'updated_at',
  features: [
    { name: 'customer_id', valueType: FeatureType.INTEGER },
    { name: 'updated_at', valueType: FeatureType.STRING },
    { name: 'orders', valueType: FeatureType.INTEGER },
    { name: 'spent', valueType: FeatureType.FLOAT },
    { name: 'segment', valueType: FeatureType.STRING },
  ],
  onlineTtlDays: 90,
};
const EXISTING = { endpoint: 'https://feast.example.com', registry: 's3://shared/registry.db', project: 'shop' };
const WHO = { what: 'integrations', name: 'Integrations' };

test.each<[string, FeastOptions, string]>([
  ['no group', {}, 'featureGroups must be a list of one group or more, or left out with the endpoint of a server that exists, got undefined'],
  ['a group twice', { featureGroups: [CUSTOMERS, CUSTOMERS] }, "featureGroups must be without repeats, got 'customers'"],
  ['rows that nobody keeps', { featureGroups: [{ ...CUSTOMERS, offline: false }] }, 'offline is false, and Feast reads the rows that are kept offline'],
  ['a key that is no column', { featureGroups: [{ ...CUSTOMERS, entityKey: 'id' }] }, "entityKey must be the name of one of its features, got 'id'"],
  ['no feature', { featureGroups: [{ ...CUSTOMERS, features: CUSTOMERS.features.slice(0, 2) }] }, 'features has no feature beside entityKey and eventTime'],
  ['a key of two types', {
    featureGroups: [CUSTOMERS, {
      ...CUSTOMERS, name: 'visits', features: [{ name: 'customer_id', valueType: FeatureType.STRING }, ...CUSTOMERS.features.slice(1)],
    }],
  }, 'customer_id is a text in one group and a number in another'],
  ['a project that Feast does not take', { featureGroups: [CUSTOMERS], project: '_shop' }, "project must be letters, digits and underscores, at most 63, got '_shop'"],
  ['a schedule that is none', { featureGroups: [CUSTOMERS], materializeAt: '0 * * * *' as unknown as Schedule }, "materializeAt must be a Schedule, got '0 * * * *'"],
  ['a registry without a server', { featureGroups: [CUSTOMERS], registry: EXISTING.registry }, 'registry is given without endpoint'],
  ['a server without a registry', { endpoint: EXISTING.endpoint, project: 'shop' }, 'endpoint is given without registry'],
  ['a server without a project', { ...EXISTING, project: undefined }, 'project must be the project that the server at endpoint serves, got undefined'],
  ['a registry that is no address', { ...EXISTING, registry: 'registry.db' }, 'registry must be the address of a file like s3://bucket/registry.db, or host and port'],
  ['groups of a server that exists', { ...EXISTING, featureGroups: [CUSTOMERS] }, 'featureGroups is of a server that the stack hosts, and endpoint names one that exists'],
  ['a schedule of a server that exists', { ...EXISTING, materializeAt: Schedule.daily() }, 'materializeAt is of a server that the stack hosts'],
])('refuses %s', (_, options, fault) => {
  expect(() => Integration.feast(options)).toThrow(fault);
  expect(() => Integration.feast(options)).toThrow(/^(integration|feature group) '/);
});

test.each(['aws', 'gcp', 'azure'] as const)('a server that exists is a configuration and an address on %s', (cloud) => {
  const { files, variables } = clientSettings(planOf(WHO, Integration.feast(EXISTING), cloud), { endpoint: EXISTING.endpoint });
  expect(variables).toEqual({
    FEAST_FS_YAML_FILE_PATH: '~/.feast/feature_store.yaml', FEAST_SERVER_URL: 'https://feast.example.com',
  });
  expect(files).toEqual({
    '.feast/feature_store.yaml': [
      'project: shop', 'provider: local', 'registry:', "  path: 's3://shared/registry.db'", '  cache_ttl_seconds: 60',
      'offline_store:', '  type: dask', 'online_store:', '  type: remote', "  path: 'https://feast.example.com'",
      'entity_key_serialization_version: 3', '',
    ].join('\n'),
  });
});

test('a registry server is one, not a file', () => {
  const plan = planOf(WHO, Integration.feast({ ...EXISTING, registry: 'feast.example.com:6570' }), 'aws');
  expect(clientSettings(plan, { endpoint: EXISTING.endpoint }).files['.feast/feature_store.yaml'])
    .toContain('registry:\n  registry_type: remote\n  path: \'feast.example.com:6570\'\n');
});

test.each(['aws', 'azure'] as const)('is not hosted on %s', (cloud) => {
  expect(() => planOf(WHO, Integration.feast({ featureGroups: [CUSTOMERS] }), cloud))
    .toThrow('Feast: this cloud hosts no server of it: give the endpoint of one that exists');
});

test('definitions are an entity for each key, and a view for each group', () => {
  const visits = { ...CUSTOMERS, name: 'visits', online: false, onlineTtlDays: undefined };
  const python = feastDefinitions([CUSTOMERS, visits], ({ name }) => ({
    module: 'feast', className: 'BigQuerySource', arguments: { table: `p.d.${name}`, timestamp_field: 'updated_at' },
  }));
  expect(python.match(/^entity_\d = .*$/gm)).toEqual([
    'entity_0 = Entity(name="customer_id", join_keys=["customer_id"], value_type=ValueType.INT64)',
  ]);
  expect(python).toContain([
    'view_0 = FeatureView(', '    name="customers",', '    entities=[entity_0],', '    ttl=timedelta(days=90),', '    schema=[',
    '        Field(name="orders", dtype=Int64),', '        Field(name="spent", dtype=Float64),', '        Field(name="segment", dtype=String),',
    '    ],', '    source=BigQuerySource(', '        name="customers_rows",', '        table="p.d.customers",',
    '        timestamp_field="updated_at",', '    ),', '    online=True,', ')',
  ].join('\n'));
  expect(python).toMatch(/name="visits",[^]*ttl=timedelta\(days=0\)[^]*online=False/);
});

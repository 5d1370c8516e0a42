import { mkdtempSync, readFileSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, aws_iam as iam, Duration, RemovalPolicy, Stack, Tags, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { DataLake } from '../../src/aws/data-lake';
import { FeatureGroup } from '../../src/aws/feature-group';
import { FeatureGroupOperation, IFeatureGroup } from '../../src/aws/feature-group-props';
import { FeatureStore } from '../../src/aws/feature-store';
import { FeatureGroupOptions, FeatureStoreProps, OfflineTableFormat, OnlineStorage } from '../../src/aws/feature-store-props';
import { FeatureThroughput } from '../../src/aws/feature-throughput';
import { acknowledgeInlinePolicy } from '../../src/aws/private/base/acknowledge';
import { FeatureGroupSpec, FeatureType } from '../../src/core/feature-store';
import { judge, strictApp } from '../support/judges';

const GROUP = 'AWS::SageMaker::FeatureGroup';
const customers: FeatureGroupSpec = {
  name: 'customers',
  entityKey: 'customer_id',
  eventTime: 'event_time',
  features: [
    { name: 'customer_id', valueType: FeatureType.STRING },
    { name: 'event_time', valueType: FeatureType.FLOAT },
    { name: 'orders', valueType: FeatureType.INTEGER },
  ],
};

interface Setting { stack: Stack; data: DataLake; store: FeatureStore }
const setting = (props: Partial<FeatureStoreProps> = {}, app = new App()): Setting => {
  const stack = new Stack(app, 'S');
  const data = new DataLake(stack, 'Data');
  return { stack, data, store: new FeatureStore(stack, 'Features', { data, featureGroups: [customers], ...props }) };
};
const template = (props?: Partial<FeatureStoreProps>, app?: App) => Template.fromStack(setting(props, app).stack);
const withSpec = (spec: Partial<FeatureGroupSpec>, options?: FeatureGroupOptions) =>
  template({ featureGroups: [{ ...customers, ...spec }], groupOptions: options && { [spec.name ?? 'customers']: options } });
const propertiesOf = (of: Template) => Object.values(of.findResources(GROUP))[0].Properties;
const newRole = (stack: Stack) => new iam.Role(stack, 'Client', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
const statementsOf = (of: Template, policy: string): any[] =>
  Object.entries(of.findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith(policy)).flatMap(([, each]) => each.Properties.PolicyDocument.Statement);
const actionsOf = (of: Template, policy: string): string[] => [...new Set<string>(statementsOf(of, policy).flatMap((each) => each.Action))].sort();

describe('a group', () => {
  test('has the columns, the key and the time that were said, and a name that never moves', () => {
    template().hasResourceProperties(GROUP, {
      FeatureGroupName: Match.stringLikeRegexp('^s-features-customers-[0-9a-f]{8}$'),
      RecordIdentifierFeatureName: 'customer_id',
      EventTimeFeatureName: 'event_time',
      FeatureDefinitions: [
        { FeatureName: 'customer_id', FeatureType: 'String' },
        { FeatureName: 'event_time', FeatureType: 'Fractional' },
        { FeatureName: 'orders', FeatureType: 'Integral' },
      ],
    });
  });

  test('keeps the latest rows online, encrypted with the key of the lake', () => {
    expect(propertiesOf(template()).OnlineStoreConfig).toEqual({
      EnableOnlineStore: true, StorageType: 'Standard', SecurityConfig: { KmsKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^DataKey/), 'Arn'] } },
    });
  });

  test('keeps all rows offline as an Iceberg table in the database of the lake', () => {
    expect(propertiesOf(template()).OfflineStoreConfig).toEqual({
      S3StorageConfig: {
        S3Uri: { 'Fn::Join': ['', ['s3://', { Ref: expect.stringMatching(/^DataFeatures/) }, expect.stringMatching(/^\/offline\/s-features-[0-9a-f]{8}\/customers$/)]] },
        KmsKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^DataKey/), 'Arn'] },
      },
      DisableGlueTableCreation: false,
      DataCatalogConfig: {
        Catalog: 'AwsDataCatalog', Database: { Ref: expect.stringMatching(/^DataDatabase/) }, TableName: expect.stringMatching(/^s_features_customers_[0-9a-f]{8}$/),
      },
      TableFormat: 'Iceberg',
    });
  });

  test('is only online, or only offline, when said', () => {
    const online = withSpec({ offline: false });
    expect(propertiesOf(online).OfflineStoreConfig).toBeUndefined();
    expect(propertiesOf(online).RoleArn).toBeUndefined();
    online.resourceCountIs('AWS::IAM::Role', 0);
    expect(propertiesOf(withSpec({ online: false })).OnlineStoreConfig).toBeUndefined();
  });

  test('loses rows from the online store after days, or after any other time', () => {
    const ttl = (spec: Partial<FeatureGroupSpec>, onlineTtl?: Duration) => propertiesOf(withSpec(spec, { onlineTtl })).OnlineStoreConfig.TtlDuration;
    expect(ttl({ onlineTtlDays: 14 })).toEqual({ Unit: 'Days', Value: 14 });
    expect(ttl({}, Duration.days(14))).toEqual({ Unit: 'Weeks', Value: 2 });
    expect(ttl({}, Duration.hours(36))).toEqual({ Unit: 'Hours', Value: 36 });
    expect(ttl({}, Duration.minutes(90))).toEqual({ Unit: 'Minutes', Value: 90 });
    expect(ttl({}, Duration.seconds(61))).toEqual({ Unit: 'Seconds', Value: 61 });
    expect(ttl({})).toBeUndefined();
  });

  test('is paid by the request, or by the hour', () => {
    const throughput = (options: FeatureGroupOptions, spec: Partial<FeatureGroupSpec> = {}) => propertiesOf(withSpec(spec, options)).ThroughputConfig;
    expect(throughput({})).toBeUndefined();
    expect(throughput({ throughput: FeatureThroughput.onDemand() })).toEqual({ ThroughputMode: 'OnDemand' });
    expect(throughput({ throughput: FeatureThroughput.provisioned({ readUnits: 10, writeUnits: 5 }) })).toEqual(
      { ThroughputMode: 'Provisioned', ProvisionedReadCapacityUnits: 10, ProvisionedWriteCapacityUnits: 5 });
    expect(throughput({ throughput: FeatureThroughput.provisioned({ writeUnits: 5 }) }).ProvisionedReadCapacityUnits).toBe(0);
    expect(throughput({ throughput: FeatureThroughput.provisioned({ writeUnits: 5 }) }, { online: false })).toEqual(
      { ThroughputMode: 'Provisioned', ProvisionedWriteCapacityUnits: 5 });
  });

  test('can live in memory, or as plain files', () => {
    expect(propertiesOf(withSpec({ offline: false }, { onlineStorage: OnlineStorage.IN_MEMORY })).OnlineStoreConfig.StorageType).toBe('InMemory');
    expect(propertiesOf(withSpec({}, { tableFormat: OfflineTableFormat.GLUE })).OfflineStoreConfig.TableFormat).toBe('Glue');
  });

  test('waits for the policies of its role and of the bucket, and for the database', () => {
    const [group] = Object.values(template().findResources(GROUP));
    expect(group.DependsOn).toEqual([expect.stringMatching(/^DataFeaturesPolicy/), expect.stringMatching(/^FeaturesRoleDefaultPolicy/)]);
  });

  test('is retained', () => {
    template().hasResource(GROUP, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    expect(() => template({ removalPolicy: RemovalPolicy.DESTROY })).toThrow(
      "feature store 'S/Features': removalPolicy DESTROY would delete data with the stack: set the context flag 'mlops:allowDestroy' to true as well, or keep RETAIN");
    template({ removalPolicy: RemovalPolicy.DESTROY }, new App({ context: { 'mlops:allowDestroy': true } })).hasResource(GROUP, { DeletionPolicy: 'Delete' });
  });

  test('keeps its role, which it cannot change, and the policies of that', () => {
    const roleAndPolicy = (made: Template) => Object.entries(made.toJSON().Resources).filter(([id]) => id.startsWith('FeaturesRole')).map(([, each]: any) => each.DeletionPolicy);
    expect(roleAndPolicy(template())).toEqual(['RetainExceptOnCreate', 'RetainExceptOnCreate']);
    expect(roleAndPolicy(template({ removalPolicy: RemovalPolicy.DESTROY }, new App({ context: { 'mlops:allowDestroy': true } })))).toEqual(['Delete', 'Delete']);
  });

  test('has no description and no tag, whatever the app is tagged with: both would replace it', () => {
    const app = new App();
    const { stack, store } = setting({}, app);
    Tags.of(app).add('team', 'ml');
    Tags.of(store).add('nearer', 'still');
    const properties = propertiesOf(Template.fromStack(stack));
    expect(properties.Tags).toBeUndefined();
    expect(properties.Description).toBeUndefined();
    Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', { Tags: Match.arrayWith([{ Key: 'team', Value: 'ml' }]) });
  });
});

test('no more groups are made at a time than SageMaker makes', () => {
  const featureGroups = [...Array(6).keys()].map((index) => ({ ...customers, name: `group${index}`, offline: false }));
  const groups = template({ featureGroups }).findResources(GROUP);
  const waitsFor = Object.entries(groups).map(([id, group]) => [id.slice(0, 'Featuresgroup0'.length), ...[group.DependsOn ?? []].flat().map((each: string) => each.slice(0, 'Featuresgroup0'.length))]);
  expect(waitsFor).toEqual([
    ['Featuresgroup0'], ['Featuresgroup1'], ['Featuresgroup2'], ['Featuresgroup3'], ['Featuresgroup4', 'Featuresgroup0'], ['Featuresgroup5', 'Featuresgroup1'],
  ]);
});

test('a store without groups is nothing', () => {
  template({ featureGroups: [] }).resourceCountIs('AWS::IAM::Role', 0);
});

test('the role writes below the folder of this store only, and reads nothing but metadata', () => {
  const result = template();
  expect(actionsOf(result, 'FeaturesRole')).toEqual([
    'glue:GetTable', 'glue:UpdateTable', 'kms:Decrypt', 'kms:GenerateDataKey', 's3:GetBucketAcl', 's3:GetObject', 's3:PutObject', 's3:PutObjectAcl',
  ]);
  const paths = statementsOf(result, 'FeaturesRole').filter((each) => [each.Action].flat().some((action) => /Object/.test(action)))
    .map((each) => each.Resource['Fn::Join'][1][1]);
  expect(paths).toEqual([expect.stringMatching(/^\/offline\/s-features-[0-9a-f]{8}\/\*$/), expect.stringMatching(/^\/offline\/s-features-[0-9a-f]{8}\/\*\/metadata\/\*$/)]);
});

test('a role of yours is used and gets what it lacks', () => {
  const stack = new Stack(new App(), 'S');
  const role = newRole(stack);
  const store = new FeatureStore(stack, 'Features', { data: new DataLake(stack, 'Data'), featureGroups: [customers], role });
  expect(store.role).toBe(role);
  expect(actionsOf(Template.fromStack(stack), 'Client')).toContain('s3:PutObject');
});

describe('handles', () => {
  const granted = (grant: (group: IFeatureGroup, role: iam.Role) => void, spec: Partial<FeatureGroupSpec> = {}) => {
    const { stack, store } = setting({ featureGroups: [{ ...customers, ...spec }] });
    grant(store.featureGroup('customers'), newRole(stack));
    return Template.fromStack(stack);
  };

  test('know the name and the ARN of their group', () => {
    const { stack, store } = setting();
    const group = store.featureGroup('customers');
    expect(group.featureGroupName).toMatch(/^s-features-customers-/);
    expect(stack.resolve(group.featureGroupArn)['Fn::Join'][1].slice(-1)).toEqual([`:feature-group/${group.featureGroupName}`]);
    expect(group.tableName).toBe(group.featureGroupName.replace(/-/g, '_'));
  });

  test('let read the online store and decrypt it', () => {
    const result = granted((group, role) => group.grantRead(role));
    expect(actionsOf(result, 'Client')).toEqual(['kms:Decrypt', 'sagemaker:BatchGetRecord', 'sagemaker:DescribeFeatureGroup', 'sagemaker:GetRecord']);
  });

  test('let write and delete rows', () => {
    const writes = ['sagemaker:DeleteRecord', 'sagemaker:DescribeFeatureGroup', 'sagemaker:PutRecord'];
    expect(actionsOf(granted((group, role) => group.grantWrite(role)), 'Client')).toEqual(['kms:Decrypt', ...writes]);
    expect(actionsOf(granted((group, role) => group.grantWrite(role), { online: false }), 'Client')).toEqual(writes);
  });

  test('let read the files and the table of one group', () => {
    const result = granted((group, role) => group.grantReadOffline(role));
    expect(actionsOf(result, 'Client')).toEqual([
      'glue:GetDatabase', 'glue:GetPartitions', 'glue:GetTable', 'kms:Decrypt', 's3:GetBucketLocation', 's3:GetObject', 's3:GetObjectVersion', 's3:ListBucket',
      'sagemaker:DescribeFeatureGroup',
    ]);
    const [read] = statementsOf(result, 'Client').filter((each) => [each.Action].flat().includes('s3:GetObject'));
    expect(read.Resource['Fn::Join'][1][1]).toMatch(/\/customers\/\*$/);
  });

  test('refuse to read a store that the group does not have', () => {
    expect(() => granted((group, role) => group.grantRead(role), { online: false })).toThrow(
      "feature group 'S/Features/customers': grantRead reads the online store, which it does not have: use grantReadOffline");
    expect(() => granted((group, role) => group.grantReadOffline(role), { offline: false })).toThrow(
      "feature group 'S/Features/customers': grantReadOffline reads the offline store, which it does not have: use grantRead");
  });

  test('measure one operation', () => {
    const group = setting().store.featureGroup('customers');
    const dimensions = { FeatureGroupName: group.featureGroupName, OperationName: 'GetRecord' };
    expect(group.metricLatency(FeatureGroupOperation.GET_RECORD)).toMatchObject(
      { namespace: 'AWS/SageMaker/FeatureStore', metricName: 'Latency', statistic: 'p99', dimensions });
    expect(group.metricThrottledRequests(FeatureGroupOperation.PUT_RECORD)).toMatchObject({ metricName: 'ThrottledRequests', statistic: 'Sum' });
    expect(group.metricInvocations(FeatureGroupOperation.BATCH_GET_RECORD, { statistic: 'Average' })).toMatchObject({ metricName: 'Invocations', statistic: 'Average' });
    expect(group.metric('Operation5XXErrors', FeatureGroupOperation.DELETE_RECORD, { period: Duration.minutes(5) }).period.toMinutes()).toBe(5);
  });

  test('are given for groups of the store only', () => {
    expect(() => setting().store.featureGroup('orders')).toThrow("feature store 'S/Features': featureGroup must be one of customers, got 'orders'");
  });

  test('exist for a group that somebody else has made', () => {
    const { stack, data } = setting();
    const role = newRole(stack);
    const group = FeatureGroup.fromAttributes(stack, 'Theirs', { featureGroupName: 'theirs', data, offlineFolder: 'offline/theirs/', tableName: 'theirs' });
    group.grantRead(role);
    group.grantReadOffline(role);
    expect(actionsOf(Template.fromStack(stack), 'Client')).toEqual(expect.arrayContaining(['sagemaker:GetRecord', 'glue:GetTable']));
  });
});

const text = (name: string) => ({ name, valueType: FeatureType.STRING });
test.each<[string, Partial<FeatureGroupSpec>, string]>([
  ['a bad name', { name: 'my group' },
    "feature store 'S/Features': featureGroups.name must be letters, digits, hyphens and underscores between letters or digits, at most 64, got 'my group'"],
  ['no features', { features: [] }, 'features must be between 1 and 2500 features, got 0'],
  ['too many features', { features: [...Array(2501).keys()].map((index) => text(`f${index}`)) }, 'features must be between 1 and 2500 features, got 2501'],
  ['a bad feature name', { features: [...customers.features, text('_x')] },
    "features.name must be letters, digits, hyphens and underscores between letters or digits, at most 64, got '_x'"],
  ['a reserved feature name', { features: [...customers.features, text('Write_Time')] },
    "features.name must be none of the columns that Feature Store adds, is_deleted, write_time, api_invocation_time, got 'Write_Time'"],
  ['features that differ in case', { features: [...customers.features, text('Age'), text('age')] },
    "'Age' and 'age' have the same name in the catalogue, where case does not count: rename one"],
  ['an entity key that is no feature', { entityKey: 'id' }, "entityKey must be the name of one of its features, got 'id'"],
  ['an event time that is no feature', { eventTime: 'time' }, "eventTime must be the name of one of its features, got 'time'"],
  ['a fractional entity key', { entityKey: 'event_time' }, "entityKey must be a feature of type string or integer, got 'float'"],
  ['an integral event time', { eventTime: 'orders' }, "eventTime must be a feature of type string or float, got 'integer'"],
  ['one feature as key and time', { eventTime: 'customer_id' }, "eventTime must be another feature than entityKey, got 'customer_id'"],
  ['neither store', { online: false, offline: false }, 'online and offline are both false, so that no row would be kept: set one of them'],
  ['a time to live without an online store', { online: false, onlineTtlDays: 1 }, 'onlineTtlDays needs an online store: leave online true, or remove it'],
  ['no time to live', { onlineTtlDays: 0 }, 'onlineTtlDays must be a whole number between 1 and 36500, got 0'],
])('refuses %s', (_, spec, message) => {
  expect(() => withSpec(spec)).toThrow(message.startsWith('feature store') ? message : `feature store 'S/Features': feature group 'customers': ${message}`);
});

test('refuses a group with the id of the role of the store', () => {
  expect(() => template({ featureGroups: [{ ...customers, name: 'Role' }] })).toThrow(
    "feature store 'S/Features': featureGroups.name must be another id than that of the store's own role, 'role' or 'Roles', got 'Role'");
});

test('refuses two groups whose tables would have one name', () => {
  expect(() => template({ featureGroups: [customers, { ...customers, name: 'Customers' }] })).toThrow(
    "feature store 'S/Features': 'customers' and 'Customers' have the same name in the catalogue, where case does not count: rename one");
});

test.each<[Partial<FeatureGroupSpec>, FeatureGroupOptions, string]>([
  [{ online: false }, { onlineStorage: OnlineStorage.STANDARD }, 'onlineStorage needs an online store: leave online true, or remove it'],
  [{ online: false }, { onlineTtl: Duration.hours(1) }, 'onlineTtl needs an online store: leave online true, or remove it'],
  [{ offline: false }, { tableFormat: OfflineTableFormat.GLUE }, 'tableFormat needs an offline store: leave offline true, or remove it'],
  [{}, { onlineStorage: OnlineStorage.IN_MEMORY }, 'onlineStorage InMemory excludes an offline store: set offline to false, or use Standard'],
  [{ onlineTtlDays: 1 }, { onlineTtl: Duration.hours(1) }, 'onlineTtl and onlineTtlDays say the same thing twice: remove one'],
  [{}, { onlineTtl: Duration.days(Token.asNumber({ Ref: 'Days' })) }, 'onlineTtl must be known at synthesis: SageMaker wants it in the largest unit that fits'],
  [{}, { onlineTtl: Duration.millis(1500) }, 'onlineTtl in seconds must be a whole number of at least 1, got 1.5'],
  [{ offline: false }, { onlineStorage: OnlineStorage.IN_MEMORY, throughput: FeatureThroughput.provisioned({ writeUnits: 1 }) },
    'throughput is on demand with onlineStorage InMemory: remove it, or use Standard'],
  [{ online: false }, { throughput: FeatureThroughput.provisioned({ readUnits: 1, writeUnits: 1 }) },
    'throughput has readUnits, which need an online store: remove them'],
  [{}, { throughput: FeatureThroughput.provisioned({ readUnits: 40001, writeUnits: 1 }) }, 'throughput.readUnits must be a whole number between 0 and 40000, got 40001'],
  [{}, { throughput: FeatureThroughput.provisioned({ writeUnits: 0 }) }, 'throughput.writeUnits must be a whole number between 1 and 40000, got 0'],
])('refuses %j with the options %j', (spec, options, message) => {
  expect(() => withSpec(spec, options)).toThrow(`feature store 'S/Features': feature group 'customers': ${message}`);
});

test('refuses options of a group that there is not', () => {
  expect(() => template({ groupOptions: { orders: {} } })).toThrow("feature store 'S/Features': groupOptions must be the name of one of the featureGroups, got 'orders'");
});

test('the schema lock is written on request, and then keeps a group from losing a feature', () => {
  const schemaLock = join(mkdtempSync(join(tmpdir(), 'lock-')), 'features.lock.json');
  expect(() => template({ schemaLock })).toThrow(/^feature store 'S\/Features': schemaLock '.*features\.lock\.json' is behind: there is no such file; /);
  template({ schemaLock }, new App({ context: { 'mlops:updateSchemaLock': true } }));
  template({ schemaLock });
  expect(() => template({ schemaLock, featureGroups: [{ ...customers, features: customers.features.slice(0, 2) }] })).toThrow("feature 'customers.orders' is gone");
  expect(() => template({ schemaLock, featureGroups: [{ ...customers, online: false }] })).toThrow("online of group 'customers' changed from true to false");

  writeFileSync(schemaLock, readFileSync(schemaLock, 'utf8').replace('"offline": true', '"offline": false'));
  expect(() => template({ schemaLock })).toThrow("offline of group 'customers' changed from false to true");
});

test('no judge has a finding, grants included', () => {
  const { stack, store } = setting({ featureGroups: [customers, { ...customers, name: 'online', offline: false }] }, strictApp());
  const role = newRole(stack);
  acknowledgeInlinePolicy(role);
  store.featureGroup('customers').grantReadOffline(role);
  store.featureGroup('customers').grantWrite(role);
  store.featureGroup('online').grantRead(role);
  expect(judge(stack)).toEqual([]);
});

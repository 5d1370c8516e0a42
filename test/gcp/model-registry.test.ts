import { Approval } from '../../src/core/model-registry';
import {
  DataLake, IModelRegistry, IPrincipal, ModelRegistry, ModelRegistryAttributes, ModelRegistryProps, Principal, RemovalPolicy, ServiceAccount,
} from '../../src/gcp';
import { googleStack, onlyResource, resourceAt, resourcesOf, synthesized } from '../support/terraform';

const KEY = '${google_kms_crypto_key.Data_Key_142F87A5.id}';

function scene(props: Partial<ModelRegistryProps> = {}, context: { readonly [key: string]: unknown } = {}) {
  const stack = googleStack({}, context);
  const data = new DataLake(stack, 'Data');
  const registry = new ModelRegistry(stack, 'Registry', { data, ...props });
  return { stack, data, registry, config: () => synthesized(stack) };
}

const attributes: ModelRegistryAttributes = {
  modelName: 'churn',
  approvalTopicId: 'projects/central/topics/churn-approvals',
  imageRepository: 'projects/central/locations/europe-west4/repositories/churn',
  templateRepository: 'projects/central/locations/europe/repositories/churn-templates',
};
const imported = (more: Partial<ModelRegistryAttributes> = {}) => {
  const stack = googleStack();
  return { stack, registry: ModelRegistry.fromAttributes(stack, 'Registry', { ...attributes, ...more }) };
};

describe('the model', () => {
  test('takes its name, and the name in lower case as its id', () => {
    const { registry } = scene({ modelName: 'Customer-Churn' });
    expect(registry.modelName).toBe('Customer-Churn');
    expect(registry.modelId).toBe('customer-churn');
    expect(registry.modelResourceName).toBe('projects/my-project/locations/europe-west4/models/customer-churn');
  });

  test('has a name made of its place when it gets none', () => {
    expect(scene().registry.modelName).toMatch(/^stack-registry-[0-9a-f]{8}$/);
  });

  test('an id never begins with a digit', () => {
    expect(scene({ modelName: '3d-shapes' }).registry.modelId).toBe('m3d-shapes');
    expect(scene({ modelName: '3'.repeat(63) }).registry.modelId).toBe(`m${'3'.repeat(62)}`);
  });

  test.each(['', '-churn', 'churn_model', 'x'.repeat(64), `a${'-'.repeat(63)}b`])('refuses the name %p', (modelName) => {
    expect(() => scene({ modelName })).toThrow(new Error(
      `model registry 'Stack/Registry': modelName must be letters, digits and hyphens between them, at most 63, got '${modelName}'`));
  });

  test('is not approved by registering it unless that is asked for', () => {
    expect(scene().registry.isApprovalAutomatic).toBe(false);
    expect(scene({ approval: Approval.manual() }).registry.isApprovalAutomatic).toBe(false);
    expect(scene({ approval: Approval.automatic() }).registry.isApprovalAutomatic).toBe(true);
  });
});

describe('the repository of images', () => {
  const images = (props: Partial<ModelRegistryProps> = {}, context = {}) =>
    resourceAt(scene(props, context).config(), 'google_artifact_registry_repository', 'Registry_Images');

  test('is encrypted, scanned, tidied and kept', () => {
    expect(images({ modelName: 'churn' })).toEqual(expect.objectContaining({
      repository_id: expect.stringMatching(/^stack-registry-images-[0-9a-f]{8}$/),
      project: 'my-project',
      location: 'europe-west4',
      format: 'DOCKER',
      description: 'Images of churn',
      kms_key_name: KEY,
      docker_config: { immutable_tags: true },
      cleanup_policy_dry_run: false,
      cleanup_policies: [
        { id: 'keep-recent', action: 'KEEP', most_recent_versions: { keep_count: 50 } },
        { id: 'delete-untagged', action: 'DELETE', condition: { tag_state: 'UNTAGGED', older_than: '31536000s' } },
      ],
      vulnerability_scanning_config: { enablement_config: 'INHERITED' },
      lifecycle: { prevent_destroy: true },
    }));
  });

  test('waits for its API and for the key', () => {
    expect(images().depends_on).toEqual([
      expect.stringMatching(/^time_sleep\.Google_ApisReady/), expect.stringMatching(/^google_kms_crypto_key_iam_member\.Data_Key_Agent-artifactregistry/),
      expect.stringMatching(/^time_sleep\.Data_Key_AgentSettled-artifactregistry/),
    ]);
    const apis = resourcesOf(scene().config(), 'google_project_service').map(({ service }) => service);
    expect(apis).toEqual(expect.arrayContaining(['artifactregistry.googleapis.com', 'containerscanning.googleapis.com', 'pubsub.googleapis.com']));
  });

  test('keeps and deletes as it is told', () => {
    expect(images({ keepRecentCount: 7, untaggedImageDays: 30, immutableTags: false })).toMatchObject({
      docker_config: { immutable_tags: false },
      cleanup_policies: [{ most_recent_versions: { keep_count: 7 } }, { condition: { older_than: '2592000s' } }],
    });
  });

  test('can go without scanning, which then is not switched on either', () => {
    expect(images({ scanImages: false })).toMatchObject({ vulnerability_scanning_config: { enablement_config: 'DISABLED' } });
    const apis = resourcesOf(scene({ scanImages: false }).config(), 'google_project_service').map(({ service }) => service);
    expect(apis).not.toContain('containerscanning.googleapis.com');
  });

  test('is deleted only with both keys', () => {
    expect(() => scene({ removalPolicy: RemovalPolicy.DESTROY })).toThrow(new Error(
      "model registry 'Stack/Registry': removalPolicy DESTROY would delete data with the stack: set the context flag 'mlops:allowDestroy' to true as well, or keep RETAIN"));
    expect(images({ removalPolicy: RemovalPolicy.DESTROY }, { 'mlops:allowDestroy': true })).toMatchObject({ lifecycle: { prevent_destroy: false } });
  });

  test('has an address that images are pushed to', () => {
    const { registry, config } = scene();
    config();
    expect(registry.imageRepositoryUri).toMatch(/^europe-west4-docker\.pkg\.dev\/my-project\/\$\{TfToken\[/);
  });

  test.each<[Partial<ModelRegistryProps>, string]>([
    [{ keepRecentCount: 0 }, 'keepRecentCount must be a whole number between 1 and 10000, got 0'],
    [{ untaggedImageDays: 0 }, 'untaggedImageDays must be a whole number between 1 and 3650, got 0'],
    [{ approvalRetentionDays: 32 }, 'approvalRetentionDays must be a whole number between 1 and 31, got 32'],
    [{ imageRepository: 'churn' }, "imageRepository must be projects/<id>/locations/<region>/repositories/<name>, known at synthesis, got 'churn'"],
    [{ templateRepository: 'churn' }, "templateRepository must be projects/<id>/locations/<region>/repositories/<name>, known at synthesis, got 'churn'"],
  ])('refuses %j', (props, sentence) => {
    expect(() => scene(props)).toThrow(new Error(`model registry 'Stack/Registry': ${sentence}`));
  });
});

test('templates of pipelines have a repository of their own', () => {
  const { config, registry } = scene({ modelName: 'churn' });
  const templates = resourceAt(config(), 'google_artifact_registry_repository', 'Registry_Templates');
  expect(templates).toMatchObject({ format: 'KFP', kms_key_name: KEY, description: 'Pipeline templates of churn', lifecycle: { prevent_destroy: true } });
  expect(templates).not.toHaveProperty('cleanup_policies');
  expect(registry.templateRepositoryUri).toMatch(/^https:\/\/europe-west4-kfp\.pkg\.dev\/my-project\/\$\{TfToken\[/);
});

test('repositories of yours are used as they are', () => {
  const { registry, config } = scene({
    imageRepository: 'projects/other/locations/europe/repositories/images', templateRepository: 'projects/other/locations/us/repositories/templates',
  });
  registry.grantPushImages(Principal.group('ml@example.com'));
  registry.grantWriteTemplates(Principal.group('ml@example.com'));
  expect(registry.imageRepositoryUri).toBe('europe-docker.pkg.dev/other/images');
  expect(registry.templateRepositoryUri).toBe('https://us-kfp.pkg.dev/other/templates');
  const all = config();
  expect(resourcesOf(all, 'google_artifact_registry_repository')).toEqual([]);
  expect(resourcesOf(all, 'google_artifact_registry_repository_iam_member')).toEqual([
    { project: 'other', location: 'europe', repository: 'images', role: 'roles/artifactregistry.writer', member: 'group:ml@example.com' },
    { project: 'other', location: 'us', repository: 'templates', role: 'roles/artifactregistry.writer', member: 'group:ml@example.com' },
  ]);
});

describe('the topic of approvals', () => {
  test('takes versions and nothing else, stays in the region, and keeps messages for a week', () => {
    const all = scene().config();
    expect(resourceAt(all, 'google_pubsub_topic', 'Registry_Approvals')).toMatchObject({
      project: 'my-project',
      kms_key_name: KEY,
      message_retention_duration: '604800s',
      message_storage_policy: { allowed_persistence_regions: ['europe-west4'] },
      schema_settings: { schema: expect.stringMatching(/^\$\{google_pubsub_schema\.Registry_ApprovalSchema_[0-9A-F]{8}\.id\}$/), encoding: 'JSON' },
      depends_on: [expect.stringMatching(/^time_sleep\.Google_ApisReady/), expect.stringMatching(/Data_Key_Agent-pubsub/), expect.stringMatching(/Data_Key_AgentSettled-pubsub/)],
    });
    const schema = onlyResource(all, 'google_pubsub_schema');
    expect(schema.type).toBe('PROTOCOL_BUFFER');
    expect(schema.definition.replace(/\s*\/\/.*$/gm, '')).toBe(
      'syntax = "proto2";\n\nmessage Approval {\n  required string version = 1;\n  optional bool promote = 2;\n}\n',
    );
  });

  test('keeps messages as long as it is told', () => {
    expect(resourceAt(scene({ approvalRetentionDays: 31 }).config(), 'google_pubsub_topic', 'Registry_Approvals').message_retention_duration).toBe('2678400s');
  });
});

describe('grants', () => {
  const TOPIC = '${google_pubsub_topic.Registry_Approvals_488D1CD0.id}';

  /** What a principal gets, as pairs of role and where. */
  function given(grant: (registry: IModelRegistry, principal: IPrincipal) => void, props: Partial<ModelRegistryProps> = {}): unknown[] {
    const { stack, registry, config } = scene(props);
    const account = new ServiceAccount(stack, 'Account', { displayName: 'Somebody' });
    grant(registry, account);
    grant(registry, account);
    const all = config();
    const mine = (resourceType: string, where: string) => resourcesOf(all, resourceType)
      .filter(({ member }) => member.includes('google_service_account.'))
      .map((each) => [each.role, each[where]]);
    return [
      ...mine('google_project_iam_member', 'project'), ...mine('google_pubsub_topic_iam_member', 'topic'),
      ...mine('google_artifact_registry_repository_iam_member', 'repository'),
    ];
  }

  const IMAGES = '${google_artifact_registry_repository.Registry_Images_D7A6CE01.repository_id}';
  const TEMPLATES = '${google_artifact_registry_repository.Registry_Templates_69B3BEC2.repository_id}';
  const hashless = (pairs: unknown[]) => JSON.parse(JSON.stringify(pairs).replace(/_[0-9A-F]{8}\./g, '.'));

  test.each<[string, (registry: IModelRegistry, principal: IPrincipal) => void, unknown[]]>([
    ['reading', (registry, to) => registry.grantRead(to), [['roles/aiplatform.viewer', 'my-project']]],
    ['registering', (registry, to) => registry.grantRegister(to), [['roles/aiplatform.user', 'my-project']]],
    ['approving', (registry, to) => registry.grantApprove(to), [['roles/aiplatform.viewer', 'my-project'], ['roles/pubsub.publisher', TOPIC]]],
    ['pulling images', (registry, to) => registry.grantPullImages(to), [['roles/artifactregistry.reader', IMAGES]]],
    ['pushing images', (registry, to) => registry.grantPushImages(to), [['roles/artifactregistry.writer', IMAGES]]],
    ['reading templates', (registry, to) => registry.grantReadTemplates(to), [['roles/artifactregistry.reader', TEMPLATES]]],
    ['writing templates', (registry, to) => registry.grantWriteTemplates(to), [['roles/artifactregistry.writer', TEMPLATES]]],
  ])('%s is given once, at the smallest resource there is', (_, grant, pairs) => {
    expect(hashless(given(grant))).toEqual(hashless(pairs));
  });

  test('registering approves where approval is automatic', () => {
    expect(hashless(given((registry, to) => registry.grantRegister(to), { approval: Approval.automatic() }))).toEqual(hashless([
      ['roles/aiplatform.user', 'my-project'], ['roles/pubsub.publisher', TOPIC],
    ]));
  });

  test('who pulls for Vertex AI waits until Vertex AI may pull as well', () => {
    const { registry, config } = scene();
    const grant = registry.grantPullImages(Principal.group('ml@example.com'));
    const vertex = resourceAt(config(), 'google_artifact_registry_repository_iam_member', 'Registry_VertexPull');
    expect(vertex).toMatchObject({
      role: 'roles/artifactregistry.reader',
      member: 'serviceAccount:service-123456789012@gcp-sa-aiplatform.iam.gserviceaccount.com',
      depends_on: [expect.stringMatching(/Google_AgentRole-aiplatform/)],
    });
    expect(grant.addresses).toHaveLength(2);
    expect(registry.grantPullImages(Principal.group('ml@example.com')).addresses).toEqual(grant.addresses);
  });
});

describe('a registry that exists', () => {
  test('is what its attributes say', () => {
    const { registry } = imported();
    expect({ ...registry, node: undefined }).toMatchObject({
      modelName: 'churn',
      modelId: 'churn',
      modelResourceName: 'projects/my-project/locations/europe-west4/models/churn',
      isApprovalAutomatic: false,
      approvalTopicId: 'projects/central/topics/churn-approvals',
      imageRepositoryUri: 'europe-west4-docker.pkg.dev/central/churn',
      templateRepositoryUri: 'https://europe-kfp.pkg.dev/central/churn-templates',
    });
    expect(imported({ modelId: '123456789', approval: Approval.automatic() }).registry).toMatchObject({
      modelResourceName: 'projects/my-project/locations/europe-west4/models/123456789', isApprovalAutomatic: true,
    });
  });

  test('gives the same permissions', () => {
    const { stack, registry } = imported();
    const to = Principal.user('ada@example.com');
    registry.grantRead(to);
    registry.grantRegister(to);
    registry.grantApprove(to);
    registry.grantPullImages(to);
    registry.grantPushImages(to);
    registry.grantReadTemplates(to);
    registry.grantWriteTemplates(to);
    const all = synthesized(stack);
    const ada = ['google_project_iam_member', 'google_pubsub_topic_iam_member', 'google_artifact_registry_repository_iam_member']
      .flatMap((resourceType) => resourcesOf(all, resourceType)).filter(({ member }) => member === 'user:ada@example.com');
    expect(ada.map((each) => [each.role, each.topic ?? each.repository ?? each.project]).sort()).toEqual([
      ['roles/aiplatform.user', 'my-project'],
      ['roles/aiplatform.viewer', 'my-project'],
      ['roles/artifactregistry.reader', 'churn'],
      ['roles/artifactregistry.reader', 'churn-templates'],
      ['roles/artifactregistry.writer', 'churn'],
      ['roles/artifactregistry.writer', 'churn-templates'],
      ['roles/pubsub.publisher', 'projects/central/topics/churn-approvals'],
    ]);
    expect(onlyResource(all, 'google_pubsub_topic_iam_member').project).toBe('central');
  });

  test.each<[Partial<ModelRegistryAttributes>, string]>([
    [{ modelName: 'churn_model' }, "modelName must be letters, digits and hyphens between them, at most 63, got 'churn_model'"],
    [{ modelId: 'projects/x' }, "modelId must be the last part of the model's resource name, got 'projects/x'"],
    [{ approvalTopicId: 'approvals' }, "approvalTopicId must be projects/<id>/topics/<name>, got 'approvals'"],
    [{ imageRepository: 'x' }, "imageRepository must be projects/<id>/locations/<region>/repositories/<name>, known at synthesis, got 'x'"],
    [{ templateRepository: 'x' }, "templateRepository must be projects/<id>/locations/<region>/repositories/<name>, known at synthesis, got 'x'"],
  ])('refuses %j', (more, sentence) => {
    expect(() => imported(more)).toThrow(new Error(`model registry 'Stack/Registry': ${sentence}`));
  });
});

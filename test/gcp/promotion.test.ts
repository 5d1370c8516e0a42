import { Testing, TerraformStack } from 'cdktf';
import { ContainerImage } from '../../src/core/container-image';
import {
  DataLake, GoogleProject, Level1Blueprint, ModelPromotion, ModelRegistry, ModelSource, Principal, PromotedRegistryProps, ServingEndpoint,
  TrainingPipeline,
} from '../../src/gcp';
import { PRESENCE_RULES, RULES } from '../../src/gcp/policies';
import { gradeOf } from '../../src/gcp/private/policy/maturity-evidence';
import { evaluate } from '../../src/terraform/policy/evaluate';
import { Landscape } from '../../src/terraform/policy/resource-view';
import { googleStack, resourceAt, resourcesOf, synthesized, TerraformConfig } from '../support/terraform';
import { HttpCall, HttpReply, parseSource, runWorkflow } from '../support/workflows';

const STAGES = [
  { name: 'staging', projectId: 'churn-staging', projectNumber: '222222222222' },
  { name: 'prod', projectId: 'churn-prod', projectNumber: '333333333333' },
];
const PROMOTER = /^promote-(staging|prod)-[0-9a-f]{8}$/;

function stackIn(app: ReturnType<typeof Testing.app>, name: string, projectId: string, projectNumber: string): TerraformStack {
  const stack = new TerraformStack(app, name);
  new GoogleProject(stack, 'Google', { projectId, projectNumber, region: 'europe-west4' });
  return stack;
}

/** The stack that trains and one for each stage, in a project each. */
function product() {
  const app = Testing.app();
  const dev = stackIn(app, 'Dev', 'churn-dev', '111111111111');
  const registry = new ModelRegistry(dev, 'Registry', { data: new DataLake(dev, 'Data'), modelName: 'churn', promotion: { stages: STAGES } });
  const [staging, prod] = STAGES.map(({ name, projectId, projectNumber }) => {
    const stack = stackIn(app, name, projectId, projectNumber);
    const data = new DataLake(stack, 'Data');
    const promoted = ModelRegistry.promotedFrom(stack, 'Registry', { stage: name, modelName: 'churn', trainingProjectId: 'churn-dev', data });
    new ServingEndpoint(stack, 'Serving', { data, model: ModelSource.latestApproved(promoted) });
    return { stack, data, registry: promoted, config: synthesized(stack) };
  });
  return { dev: { stack: dev, registry, config: synthesized(dev) }, staging, prod };
}

const PRODUCT = product();
const promoterOf = (config: TerraformConfig) => resourceAt(config, 'google_service_account', 'Registry_Promoter_Account').account_id;

describe('the project that trains', () => {
  const { config } = PRODUCT.dev;

  test('lets the identity of each stage read versions and their files, and nobody else of it', () => {
    for (const { name, projectId } of STAGES) {
      const member = `serviceAccount:${promoterOf(PRODUCT[name as 'staging' | 'prod'].config)}@${projectId}.iam.gserviceaccount.com`;
      const given = resourcesOf(config, 'google_project_iam_member').filter((each) => each.member === member);
      expect(given.map(({ role, project }) => [role, project])).toEqual([['roles/aiplatform.viewer', 'churn-dev']]);
      const files = resourcesOf(config, 'google_storage_bucket_iam_member').filter((each) => each.member === member);
      expect(files).toEqual([expect.objectContaining({
        bucket: expect.stringMatching(/^\$\{google_storage_bucket\.Data_Artifacts/),
        role: 'roles/storage.objectViewer',
        condition: expect.objectContaining({ title: 'objects below training/' }),
      })]);
    }
  });

  test('lets the services of each stage pull its images', () => {
    const members = resourcesOf(config, 'google_artifact_registry_repository_iam_member').map(({ member, role }) => `${role} ${member}`);
    for (const { projectNumber } of STAGES) {
      for (const service of ['gcp-sa-aiplatform', 'serverless-robot-prod']) {
        expect(members).toContain(`roles/artifactregistry.reader serviceAccount:service-${projectNumber}@${service}.iam.gserviceaccount.com`);
      }
    }
  });

  test('says so in the section of a blueprint', () => {
    const stack = googleStack();
    new Level1Blueprint(stack, 'Churn', { modelName: 'churn', image: ContainerImage.fromUri('image:1'), registry: { promotion: { stages: STAGES } } });
    const members = resourcesOf(synthesized(stack), 'google_storage_bucket_iam_member').map(({ member }) => member);
    expect(members).toContain(`serviceAccount:${promoterOf(PRODUCT.prod.config)}@churn-prod.iam.gserviceaccount.com`);
  });

  const own = { name: 'dev', projectId: 'my-project', projectNumber: '123456789012' };
  test.each<[string, ModelPromotion['stages'], string]>([
    ['no stages', [], 'promotion.stages must be at least one stage, got 0'],
    ['two stages of one name', [STAGES[0], { ...STAGES[1], name: 'staging' }], "promotion.stages.name must be another for each stage, got 'staging'"],
    ['two stages of one project', [STAGES[0], { ...STAGES[0], name: 'prod' }],
      "promotion.stages.projectId must be another for each stage, and not that of the registry, got 'churn-staging'"],
    ['a stage of its own project', [own], "promotion.stages.projectId must be another for each stage, and not that of the registry, got 'my-project'"],
    ['a name that is none', [{ ...own, name: 'pro duction' }], "promotion.stages.name must be letters, digits and hyphens, at most 32, got 'pro duction'"],
    ['a project that is none', [{ ...own, projectId: 'P' }],
      "promotion.stages.projectId must be 6 to 30 lower-case letters, digits and hyphens, starting with a letter, got 'P'"],
    ['a number that is none', [{ ...own, projectId: 'churn-prod', projectNumber: 'x' }],
      "promotion.stages.projectNumber must be the number of the project, digits only, got 'x'"],
  ])('refuses %s', (_, stages, message) => {
    const stack = googleStack();
    expect(() => new ModelRegistry(stack, 'Registry', { data: new DataLake(stack, 'Data'), promotion: { stages } })).toThrow(
      new Error(`model registry 'Stack/Registry': ${message}`));
  });
});

describe('the project of a stage', () => {
  test.each(['staging', 'prod'] as const)('%s has an identity that the training project can name, and a topic whose messages promote', (name) => {
    const { config, registry } = PRODUCT[name];
    expect(promoterOf(config)).toMatch(PROMOTER);
    expect(registry.promotionStage).toBe(name);
    const topic = resourceAt(config, 'google_pubsub_topic', 'Registry_Promotions');
    expect(topic.schema_settings).toEqual(resourceAt(config, 'google_pubsub_topic', 'Registry_Approvals').schema_settings);
    expect(resourceAt(config, 'google_eventarc_trigger', 'Registry_PromotionTrigger')).toMatchObject({
      transport: { pubsub: { topic: expect.stringMatching(/^\$\{google_pubsub_topic\.Registry_Promotions/) } },
      destination: { workflow: expect.stringMatching(/^\$\{google_workflows_workflow\.Registry_Promotion_/) },
    });
  });

  test('writes the copies and registers, and no more', () => {
    const { config } = PRODUCT.prod;
    const isPromoter = ({ member }: any) => /Registry_Promoter_Account/.test(member);
    expect(resourcesOf(config, 'google_project_iam_member').filter(isPromoter).map(({ role }) => role).sort()).toEqual([
      'roles/aiplatform.user', 'roles/logging.logWriter', 'roles/workflows.viewer',
    ]);
    expect(resourcesOf(config, 'google_storage_bucket_iam_member').filter(isPromoter)).toEqual([
      expect.objectContaining({ role: 'roles/storage.objectUser', condition: expect.objectContaining({ title: 'objects below training/' }) }),
    ]);
    expect(resourcesOf(config, 'google_pubsub_topic_iam_member').filter(isPromoter)).toEqual([
      expect.objectContaining({ topic: expect.stringMatching(/Registry_Approvals/), role: 'roles/pubsub.publisher' }),
    ]);
  });

  test('lets its approvers promote, which is the approval', () => {
    const { stack, data } = stage();
    ModelRegistry.promotedFrom(stack, 'Registry', { ...PROPS, data }).grantApprove(Principal.group('approvers@acme.com'));
    expect(resourcesOf(synthesized(stack), 'google_pubsub_topic_iam_member').filter(({ member }) => member === 'group:approvers@acme.com')).toEqual([
      expect.objectContaining({ topic: expect.stringMatching(/Registry_Promotions/), role: 'roles/pubsub.publisher' }),
    ]);
  });

  test('trains nothing: its versions are trained elsewhere', () => {
    const { stack, data } = stage();
    const registry = ModelRegistry.promotedFrom(stack, 'Registry', { ...PROPS, data });
    expect(() => new TrainingPipeline(stack, 'Training', { data, registry, image: ContainerImage.fromUri('europe-west4-docker.pkg.dev/my-project/churn/w@sha256:abc') })).toThrow(
      /^training pipeline 'Stack\/Training': registry is that of the stage 'prod', whose versions are promoted from where they were trained/);
  });

  test('breaks no policy: a promotion is no training that approves what it has registered', () => {
    const landscapes = [new Landscape(PRODUCT.prod.stack)];
    const rows = evaluate(landscapes, RULES, PRESENCE_RULES);
    const ofRegistry = rows.filter(({ resource }) => resource.startsWith('prod/Registry'));
    expect(ofRegistry.length).toBeGreaterThan(0);
    expect(ofRegistry.filter(({ verdict }) => verdict === 'violation').map(({ policy, resource }) => `${policy} ${resource}`)
      .filter((each) => !each.startsWith('MLOPS-TAG-01'))).toEqual([]);
    const trains = gradeOf(landscapes, rows).practices.find(({ practice }) => practice === 'automated training pipeline');
    expect(trains?.evidence).toEqual([]);
  });

  test.each<[string, Partial<PromotedRegistryProps>, string]>([
    ['a stage that is none', { stage: '' }, "stage must be letters, digits and hyphens, at most 32, got ''"],
    ['a model that is none', { modelName: '-' }, "modelName must be letters, digits and hyphens between them, at most 63, got '-'"],
    ['a project that is none', { trainingProjectId: 'P' }, "trainingProjectId must be 6 to 30 lower-case letters, digits and hyphens, starting with a letter, got 'P'"],
    ['its own project', { trainingProjectId: 'my-project' }, "trainingProjectId must be another project than that of the stack, got 'my-project'"],
  ])('refuses %s', (_, props, message) => {
    const { stack, data } = stage();
    expect(() => ModelRegistry.promotedFrom(stack, 'Registry', { ...PROPS, data, ...props })).toThrow(new Error(`model registry 'Stack/Registry': ${message}`));
  });
});

const PROPS = { stage: 'prod', modelName: 'churn', trainingProjectId: 'churn-dev' };

function stage() {
  const stack = googleStack();
  return { stack, data: new DataLake(stack, 'Data') };
}

/** Two registries and two buckets as a promotion sees them: the state is real, the calls are played. */
class FakeProjects {
  public source: any = {
    versionId: '3',
    displayName: 'churn',
    artifactUri: 'gs://dev-artifacts/training/run-1/model',
    containerSpec: { imageUri: 'europe-west4-docker.pkg.dev/churn-dev/images/churn:1', args: ['serve'], env: [{ name: 'A', value: 'b' }] },
    labels: { run: 'run-1', team: 'ml' },
    versionDescription: 'Run run-1',
    versionAliases: ['candidate'],
  };
  public files = ['model/a', 'model/b c', 'evaluation/evaluation.json', 'evaluation/reference/1', 'prepared/huge'].map((name) => `training/run-1/${name}`);
  public readonly copied: string[] = [];
  public readonly versions: any[] = [];
  public readonly approved: any[] = [];
  /** Answers that stand in for those of a service that has done what it was asked for. */
  public after: (call: HttpCall) => HttpReply | undefined = () => undefined;

  public readonly respond = (call: HttpCall): HttpReply => {
    const reply = this.answer(call);
    return this.after(call) ?? reply;
  };

  private answer({ url, query, body }: HttpCall): HttpReply {
    if (url.startsWith('https://workflowexecutions.')) {
      return { body: { executions: [{ name: 'projects/1/locations/europe-west4/workflows/a-workflow/executions/00000000-0000-4000-8000-000000000000' }] } };
    }
    if (url.includes('/projects/churn-dev/')) return url.endsWith('/locations/europe-west4/models/churn@3') ? { body: this.source } : { code: 404 };
    if (url.endsWith('/models:upload')) return this.upload(body);
    if (url.includes('/operations/')) return { body: { done: true, response: { modelVersionId: `${this.versions.length}` } } };
    if (/\/models\/churn$/.test(url)) return this.versions.length > 0 ? { body: {} } : { code: 404 };
    const alias = /\/models\/churn@(.+)$/.exec(url)?.[1];
    if (alias !== undefined) {
      const at = this.versions.findIndex(({ versionAliases }) => versionAliases.includes(alias));
      return at < 0 ? { code: 404 } : { body: { versionId: `${at + 1}` } };
    }
    if (url.endsWith(':publish')) {
      this.approved.push(...body.messages.map(({ data }: any) => JSON.parse(Buffer.from(data, 'base64').toString())));
      return { body: {} };
    }
    if (url === 'https://storage.googleapis.com/storage/v1/b/dev-artifacts/o') return this.page(query);
    const copy = /\/b\/dev-artifacts\/o\/([^/]+)\/rewriteTo\/b\/(.+)\/o\/([^/]+)$/.exec(url);
    if (copy === null) throw new TypeError(`nobody answers ${url}`);
    // The second file is large.
    if (copy[1].endsWith('b%20c') && query.rewriteToken !== 'go-on') return { body: { done: false, rewriteToken: 'go-on' } };
    expect(copy[3]).toBe(copy[1]);
    this.copied.push(decodeURIComponent(copy[1]));
    return { body: { done: true } };
  }

  /** One file on each page. */
  private page({ prefix, pageToken = '0' }: HttpCall['query']): HttpReply {
    const found = this.files.filter((name) => name.startsWith(prefix));
    const at = Number(pageToken);
    return { body: { items: found.slice(at, at + 1).map((name) => ({ name })), ...(at + 1 < found.length ? { nextPageToken: `${at + 1}` } : {}) } };
  }

  private upload({ model, ...place }: any): HttpReply {
    expect(place).toEqual(this.versions.length === 0 ? { modelId: 'churn' } : { parentModel: 'projects/churn-prod/locations/europe-west4/models/churn' });
    this.versions.push(model);
    return { body: { name: 'projects/1/locations/europe-west4/operations/7' } };
  }
}

describe('a promotion', () => {
  const workflow = Object.entries(PRODUCT.prod.config.resource.google_workflows_workflow).find(([id]) => id.startsWith('Registry_Promotion_'))![1];
  const DEFINITION = parseSource(workflow.source_contents);
  const message = (text: string) => ({ data: { message: { data: Buffer.from(text).toString('base64'), publishTime: '2026-01-01T00:00:00Z' } } });
  const promote = (projects: FakeProjects, text = '{"version":"3"}') => runWorkflow(DEFINITION, { argument: message(text), respond: projects.respond });

  test('brings files, image and lineage to the stage, and approves the version', () => {
    const projects = new FakeProjects();
    expect(promote(projects)).toMatchObject({ result: '1', logs: [{ severity: 'NOTICE', data: { mlops: 'promoted', stage: 'prod', trainingVersion: '3', version: '1' } }] });
    expect(projects.copied).toEqual(projects.files.slice(0, 4));
    expect(projects.versions).toEqual([expect.objectContaining({
      displayName: 'churn',
      artifactUri: expect.stringMatching(/^gs:\/\/[^/]+\/training\/run-1\/model$/),
      containerSpec: projects.source.containerSpec,
      labels: { run: 'run-1', team: 'ml', training_version: '3' },
      versionAliases: ['candidate', 'training-3'],
      versionDescription: 'Promoted from projects/churn-dev/locations/europe-west4/models/churn@3. Run run-1',
    })]);
    expect(projects.versions[0].artifactUri).not.toContain('dev-artifacts');
    expect(projects.approved).toEqual([{ version: '1', promote: false }]);
  });

  test('that comes again registers nothing and approves the same version again', () => {
    const projects = new FakeProjects();
    promote(projects);
    const files = projects.copied.length;
    expect(promote(projects, '{"version":"3","promote":true}').result).toBe('1');
    expect([projects.versions.length, projects.copied.length]).toEqual([1, files]);
    expect(projects.approved).toEqual([{ version: '1', promote: false }, { version: '1', promote: true }]);
  });

  test('adds a version to the model that is there', () => {
    const projects = new FakeProjects();
    projects.versions.push({ versionAliases: ['training-2'] });
    expect(promote(projects).result).toBe('2');
    expect(projects.approved).toEqual([{ version: '2', promote: false }]);
  });

  test('finds the version whose registration was not answered', () => {
    const projects = new FakeProjects();
    projects.after = ({ url }) => (url.endsWith('/models:upload') ? { code: 500 } : undefined);
    expect(promote(projects).result).toBe('1');
    expect(projects.versions).toHaveLength(1);
  });

  test('of a version whose image brings its own model copies nothing', () => {
    const projects = new FakeProjects();
    delete projects.source.artifactUri;
    delete projects.source.labels;
    expect(promote(projects).result).toBe('1');
    expect(projects.copied).toEqual([]);
    expect(projects.versions[0]).not.toHaveProperty('artifactUri');
    expect(projects.versions[0].labels).toEqual({ run: 'unknown', training_version: '3' });
  });

  test('copies the folder alone where no run made it', () => {
    const projects = new FakeProjects();
    projects.source.artifactUri = 'gs://dev-artifacts/training/llama/';
    projects.files = ['training/llama/weights', 'training/llama-2/weights'];
    promote(projects);
    expect(projects.copied).toEqual(['training/llama/weights']);
  });

  test.each<[string, (projects: FakeProjects) => void, string, string]>([
    ['a version that was rejected', ({ source }) => source.versionAliases.push('rejected'), '{"version":"3"}',
      'version 3 was rejected in the training project: take its alias rejected away first'],
    ['files elsewhere', ({ source }) => { source.artifactUri = 'gs://other/models/a'; }, '{"version":"3"}',
      'the files of a version that is promoted must be in gs://<bucket>/training/, got gs://other/models/a'],
    ['a message without a version', () => undefined, '{}', 'the approval names no version: want {"version": "3"}'],
  ])('refuses %s, and says so in the log', (_, change, text, reason) => {
    const projects = new FakeProjects();
    change(projects);
    const { error, logs } = promote(projects, text);
    expect(error?.message).toBe(reason);
    expect(logs).toEqual([{ severity: 'ERROR', data: expect.objectContaining({ mlops: 'promotion failed', stage: 'prod', reason }) }]);
    expect([projects.versions, projects.approved]).toEqual([[], []]);
  });
});

import { ContainerImage } from '../../src/core';
import { ModelSource } from '../../src/gcp';
import { FakeVertex } from '../support/google-endpoint';
import { ServingWorld } from '../support/google-serving';
import { onlyResource } from '../support/terraform';
import { HttpReply, runWorkflow } from '../support/workflows';

const told = (publishTime: string) => ({ data: { message: { data: Buffer.from('{"kind":"storage#object"}').toString('base64'), publishTime } } });
const run = (definition: any, vertex: FakeVertex, argument?: unknown) => runWorkflow(definition, { argument, respond: vertex.respond, now: '2026-01-01T00:00:10Z' });

describe('a version that the stack declares', () => {
  const DECLARED = new ServingWorld({ model: ModelSource.version('projects/my-project/locations/europe-west4/models/churn-1a2b3c4d@3') }).definition();

  test('goes live when terraform has said so', () => {
    const vertex = new FakeVertex();
    expect(run(DECLARED, vertex, told('2026-01-01T00:00:00Z')).result).toBe('live');
    expect(vertex.traffic).toEqual({ 3: 100 });
    expect(run(DECLARED, vertex, told('2026-01-01T00:00:00Z')).result).toBe('superseded');
  });

  test('takes over from the one that was declared before', () => {
    const vertex = new FakeVertex().has('2', 100);
    expect(run(DECLARED, vertex, told('2026-01-01T00:00:00Z')).result).toBe('live');
    expect(vertex.undeployed).toEqual(['2']);
  });

  test('can be started by hand', () => {
    expect(run(DECLARED, new FakeVertex()).result).toBe('live');
  });
});

describe('files that the stack declares', () => {
  const DECLARED = new ServingWorld({
    model: ModelSource.artifact({ artifactUri: 'gs://bucket/model', image: ContainerImage.fromUri('image:1') }),
  }).definition();

  /** A registry in which the model may be missing. */
  const registry = (vertex: FakeVertex, has: { model: boolean; alias?: string }, missing: HttpReply = { code: 404 }) => {
    const uploads: any[] = [];
    vertex.interfere = (call) => {
      if (call.url.endsWith('/models:upload')) {
        uploads.push(call.body);
        has.alias = '4';
        has.model = true;
        return { body: { name: 'projects/1/locations/europe-west4/operations/upload' } };
      }
      if (call.url.endsWith('/operations/upload')) return { body: { done: true, response: { modelVersionId: '4' } } };
      if (/@declared-[0-9a-f]{16}$/.test(call.url)) return has.alias === undefined ? missing : { body: { versionId: has.alias } };
      if (/\/models\/[^@:/]+$/.test(call.url)) return has.model ? { body: {} } : { code: 404 };
      return undefined;
    };
    return uploads;
  };

  test('become the first version of a model of their own', () => {
    const vertex = new FakeVertex();
    const uploads = registry(vertex, { model: false });
    expect(run(DECLARED, vertex, told('2026-01-01T00:00:00Z')).result).toBe('live');
    expect(uploads).toEqual([{
      modelId: expect.stringMatching(/^stack-serving-model-[0-9a-f]{8}$/),
      model: {
        displayName: 'Stack/Serving',
        artifactUri: 'gs://bucket/model',
        containerSpec: { imageUri: 'image:1', args: ['serve'], predictRoute: '/invocations', healthRoute: '/ping', ports: [{ containerPort: 8080 }] },
        encryptionSpec: { kmsKeyName: expect.stringContaining('google_kms_crypto_key') },
        versionAliases: [expect.stringMatching(/^declared-[0-9a-f]{16}$/)],
      },
    }]);
    expect(vertex.traffic).toEqual({ 4: 100 });
  });

  test('become another version of it later, once', () => {
    const vertex = new FakeVertex();
    const uploads = registry(vertex, { model: true });
    run(DECLARED, vertex, told('2026-01-01T00:00:00Z'));
    run(DECLARED, vertex, told('2026-01-01T01:00:00Z'));
    expect(uploads).toHaveLength(1);
    expect(uploads[0].parentModel).toMatch(/^projects\/my-project\/locations\/europe-west4\/models\/stack-serving-model-/);
    expect(uploads[0].modelId).toBeUndefined();
    expect(vertex.deployments).toHaveLength(1);
  });

  test.each(['Model version alias `x` is not found.', 'The alias x does not exist', 'There is no version with alias x'])(
    'are registered where an unknown alias is a bad request that says: %s', (message) => {
      const vertex = new FakeVertex();
      const uploads = registry(vertex, { model: true }, { code: 400, body: { error: { code: 400, status: 'INVALID_ARGUMENT', message } } });
      expect(run(DECLARED, vertex, told('2026-01-01T00:00:00Z')).result).toBe('live');
      expect(uploads).toHaveLength(1);
    },
  );

  test.each<[string, HttpReply]>([
    ['for want of permission', { code: 403, body: { error: { message: 'denied on a resource that may not exist' } } }],
    ['as a bad request of another kind', { code: 400, body: { error: { message: 'the location is wrong' } } }],
    ['as a bad request without words', { code: 400 }],
  ])('fail where the registry refuses the question %s', (_, reply) => {
    const vertex = new FakeVertex();
    const uploads = registry(vertex, { model: true }, reply);
    expect(run(DECLARED, vertex).error).toMatchObject({ code: reply.code });
    expect(uploads).toEqual([]);
  });

  test('fail where the registry cannot be asked', () => {
    const vertex = new FakeVertex();
    vertex.interfere = (call) => (call.url.includes('@declared-') ? { code: 403 } : undefined);
    expect(run(DECLARED, vertex).error).toMatchObject({ code: 403 });
  });

  const VLLM = ContainerImage.fromUri('vllm:1');
  const CONTAINER = {
    command: ['sh', '-c', 'exec vllm serve "$AIP_STORAGE_URI" --port 8000'],
    port: 8000,
    predictRoute: '/v1/chat/completions',
    healthRoute: '/health',
    sharedMemorySizeMb: 16384,
    deploymentTimeoutMinutes: 60,
  };
  const large = (more: Partial<Parameters<typeof ModelSource.artifact>[0]> = {}) => new ServingWorld({
    model: ModelSource.artifact({ artifactUri: 'gs://bucket/llama', image: VLLM, container: CONTAINER, environment: { VLLM_USE_V1: '1' }, ...more }),
  });

  test('are served by an image that was not made for the workload contract', () => {
    const vertex = new FakeVertex();
    const uploads = registry(vertex, { model: false });
    expect(run(large().definition(), vertex, told('2026-01-01T00:00:00Z')).result).toBe('live');
    expect(uploads[0].model.containerSpec).toEqual({
      imageUri: 'vllm:1',
      command: CONTAINER.command,
      ports: [{ containerPort: 8000 }],
      predictRoute: '/v1/chat/completions',
      healthRoute: '/health',
      sharedMemorySizeMb: '16384',
      deploymentTimeout: '3600s',
      env: [{ name: 'VLLM_USE_V1', value: '1' }],
    });
  });

  test('become another version where the container changes', () => {
    const alias = (world: ServingWorld) => JSON.stringify(world.definition().register).match(/declared-[0-9a-f]{16}/)![0];
    const same = [large(), large()].map(alias);
    expect(same[0]).toBe(same[1]);
    const others = [{ container: { ...CONTAINER, port: 8001 } }, { environment: {} }, { container: undefined, environment: undefined }]
      .map((each) => alias(large(each)));
    expect(new Set([...same, ...others]).size).toBe(4);
    const declared = onlyResource(large().config, 'google_storage_bucket_object').content;
    expect(JSON.parse(declared)).toMatchObject({ container: { port: 8000 }, environment: { VLLM_USE_V1: '1' } });
  });
});

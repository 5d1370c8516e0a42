import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { App, TerraformStack, Testing } from 'cdktf';
import { Construct } from 'constructs';
import { DataLake, GoogleProject, GoogleProjectProps, ModelRegistry, PrivateNetwork } from '../../src/gcp';
import { SERVICE_AGENTS } from '../../src/gcp/private/base/service-agents';
import { googleStack, onlyResource, resourcesOf, synthesized } from '../support/terraform';

const project = (props: Partial<GoogleProjectProps> = {}): { stack: TerraformStack; google: GoogleProject } => {
  const stack = googleStack(props);
  return { stack, google: GoogleProject.of(stack) };
};

describe('a stack', () => {
  test('has one project, which every construct in it finds', () => {
    const { stack, google } = project();
    expect(GoogleProject.of(new Construct(new Construct(stack, 'A'), 'B'))).toBe(google);
    expect(() => new GoogleProject(stack, 'Second', { projectId: 'my-project', region: 'europe-west4' })).toThrow(
      "google project 'Stack/Second': scope must be a stack without a GoogleProject: one stack has one project, got 'Stack'");
  });

  test('without a project is an error that says what to do', () => {
    const stack = new TerraformStack(Testing.app(), 'Stack');
    expect(() => new DataLake(stack, 'Data')).toThrow(
      "encryption key 'Stack/Data/Key': the stack has no project yet: create new GoogleProject(stack, 'Google', { projectId, region }) before its constructs");
    expect(() => new GoogleProject(new App(), 'Google', { projectId: 'my-project', region: 'europe-west4' })).toThrow(
      "google project 'Google': this construct becomes Terraform and must be in a TerraformStack of cdktf, got the scope 'App'");
  });

  test('has the provider, in a range of versions', () => {
    const config = synthesized(project().stack);
    expect(config.provider.google).toEqual([expect.objectContaining({ project: 'my-project', region: 'europe-west4', user_project_override: true, billing_project: 'my-project' })]);
    expect(config.terraform.required_providers.google).toEqual({ source: 'hashicorp/google', version: '~> 6.50' });
    expect(synthesized(project({ providerVersion: '>= 6.50, < 7.0' }).stack).terraform.required_providers.google.version).toBe('>= 6.50, < 7.0');
  });

  test('warns of a region that is not in the list, because new ones come', () => {
    const warnings = (region: string) => project({ region }).google.node.metadata.filter(({ type }) => type === '@cdktf/warn').map(({ data }) => data);
    expect(warnings('europe-west4')).toEqual([]);
    expect(warnings('europe-west44')).toEqual(["google project 'Stack/Google': region europe-west44 is not in the library's list: is it spelled as Google Cloud has it?"]);
  });

  test('asks for a Terraform, or OpenTofu, that knows all that it writes', () => {
    expect(synthesized(project().stack).terraform.required_version).toBe('>= 1.11');
  });

  test('declares the beta provider where something needs it', () => {
    const { stack } = project();
    new DataLake(stack, 'Data');
    expect(Object.keys(synthesized(stack).terraform.required_providers).sort()).toEqual(['google', 'time']);
    new ModelRegistry(stack, 'Registry', { data: new DataLake(stack, 'Other') });
    expect(Object.keys(synthesized(stack).terraform.required_providers).sort()).toEqual(['google', 'google-beta', 'time']);
  });

  test('has one provider, that of yours where there is one', () => {
    const stack = new TerraformStack(Testing.app(), 'Stack');
    new GoogleProvider(stack, 'Mine', { project: 'mine' });
    new GoogleProject(stack, 'Google', { projectId: 'my-project', region: 'europe-west4' });
    expect(synthesized(stack).provider.google).toEqual([expect.objectContaining({ project: 'mine' })]);
  });

  test('labels what the provider makes, once somebody says with what', () => {
    const { stack, google } = project();
    expect(synthesized(stack).provider.google[0].default_labels).toBeUndefined();
    google._addLabels({ team: 'ml' });
    google._addLabels({ product: 'churn' });
    expect(synthesized(stack).provider.google[0].default_labels).toEqual({ team: 'ml', product: 'churn' });
  });
});

describe('an API', () => {
  test('is switched on once and left on', () => {
    const { stack, google } = project();
    google._api('aiplatform', 'storage');
    google._api('aiplatform');
    const apis = resourcesOf(synthesized(stack), 'google_project_service');
    expect(apis.map(({ service }) => service)).toEqual(['aiplatform.googleapis.com', 'storage.googleapis.com']);
    expect(apis[0]).toMatchObject({ project: 'my-project', disable_on_destroy: false, disable_dependent_services: false });
  });

  test('is used a while after it is on, and again when another comes in', () => {
    const { stack, google } = project({ apiSettleSeconds: 5 });
    google._api('storage');
    google._api('aiplatform');
    expect(onlyResource(synthesized(stack), 'time_sleep')).toMatchObject({
      create_duration: '5s',
      triggers: { apis: 'aiplatform storage' },
      depends_on: [expect.stringMatching(/^google_project_service\.Google_Api-storage/), expect.stringMatching(/^google_project_service\.Google_Api-aiplatform/)],
    });
    const { stack: other, google: patient } = project();
    patient._api('storage');
    expect(onlyResource(synthesized(other), 'time_sleep').create_duration).toBe('60s');
  });

  test('is not asked for when nobody needs one', () => {
    expect(synthesized(project().stack).resource).toEqual({});
  });
});

describe('an agent of Google', () => {
  test('is named by the number of the project', () => {
    expect(project().google._agent('pubsub')).toBe('serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com');
    const { stack, google } = project({ projectNumber: undefined });
    expect(google.projectNumber).toBe(google.projectNumber);
    google._agent('pubsub');
    expect(synthesized(stack).data.google_project).toEqual({ [Object.keys(synthesized(stack).data.google_project)[0]]: expect.objectContaining({ project_id: 'my-project' }) });
  });

  test('is made once, each in its way, after its API is on', () => {
    const { stack, google } = project();
    for (const service of Object.keys(SERVICE_AGENTS) as (keyof typeof SERVICE_AGENTS)[]) {
      expect(google._agentReady(service)).toBe(google._agentReady(service));
    }
    const config = synthesized(stack);
    const identities = resourcesOf(config, 'google_project_service_identity');
    expect(identities).toHaveLength(Object.values(SERVICE_AGENTS).filter(({ madeBy }) => madeBy === 'identity').length);
    expect(identities.find(({ service }) => service === 'pubsub.googleapis.com')).toMatchObject({
      provider: 'google-beta', project: 'my-project', depends_on: [expect.stringMatching(/^time_sleep\./)],
    });
    expect(Object.keys(config.data).sort()).toEqual(
      ['google_bigquery_default_service_account', 'google_logging_project_cmek_settings', 'google_storage_project_service_account']);
    expect(config.provider['google-beta']).toEqual([{ project: 'my-project', region: 'europe-west4' }]);
    expect(config.terraform.required_providers['google-beta']).toEqual({ source: 'hashicorp/google-beta', version: '~> 6.50' });
    expect(resourcesOf(config, 'google_project_service').map(({ service }) => service.replace('.googleapis.com', '')).sort()).toEqual(Object.keys(SERVICE_AGENTS).sort());
  });
});

describe('the network', () => {
  test('is made when somebody needs it, once', () => {
    const { stack, google } = project();
    expect(resourcesOf(synthesized(stack), 'google_compute_network')).toEqual([]);
    expect(google.network).toBe(google.network);
    expect(resourcesOf(synthesized(stack), 'google_compute_network')).toHaveLength(1);
  });

  test('is yours instead, if it reaches into the region', () => {
    const network = PrivateNetwork.fromAttributes({
      networkId: 'projects/net/global/networks/shared', subnetworkId: 'projects/net/regions/europe-west4/subnetworks/ml',
    });
    expect(project({ network }).google.network).toBe(network);
    expect(() => project({ network, region: 'us-central1' })).toThrow(
      "google project 'Stack/Google': network must be one with a subnetwork in us-central1, got 'projects/net/regions/europe-west4/subnetworks/ml'");
  });
});

test.each<[Partial<GoogleProjectProps>, string]>([
  [{ projectId: 'My Project' }, "projectId must be 6 to 30 lower-case letters, digits and hyphens, starting with a letter, got 'My Project'"],
  [{ projectId: 'short' }, "projectId must be 6 to 30 lower-case letters, digits and hyphens, starting with a letter, got 'short'"],
  [{ region: 'europe-west4-a' }, "region must be a region like europe-west4, not a zone or a continent, got 'europe-west4-a'"],
  [{ region: 'EU' }, "region must be a region like europe-west4, not a zone or a continent, got 'EU'"],
  [{ projectNumber: 'my-project' }, "projectNumber must be the number of the project, digits only, got 'my-project'"],
  [{ providerVersion: 'latest' }, "providerVersion must be a range of versions like '~> 6.50', got 'latest'"],
  [{ apiSettleSeconds: 601 }, 'apiSettleSeconds must be a whole number between 0 and 600, got 601'],
])('refuses %j', (props, message) => {
  expect(() => project(props)).toThrow(`google project 'Stack/Google': ${message}`);
});

import { execFileSync } from 'child_process';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { TerraformOutput, TerraformStack } from 'cdktf';
import { Accelerator } from '../../src/core';
import { DataLake, ExperimentTracker, NotebookMachine, Principal, RemovalPolicy, Workspace, WorkspaceProps } from '../../src/gcp';
import { startScript } from '../../src/gcp/private/workspace/start-script';
import { googleStack, onlyResource, resourceAt, resourcesOf, synthesized, TerraformConfig } from '../support/terraform';

const NOTEBOOK = 'google_workbench_instance';
interface Setting { stack: TerraformStack; data: DataLake; workspace: Workspace }
const setting = (props: Partial<WorkspaceProps> = {}, context = {}): Setting => {
  const stack = googleStack({}, context);
  const data = new DataLake(stack, 'Data');
  return { stack, data, workspace: new Workspace(stack, 'Notebooks', { data, ...props }) };
};
const config = (props?: Partial<WorkspaceProps>, context?: object): TerraformConfig => synthesized(setting(props, context).stack);
const notebook = (props?: Partial<WorkspaceProps>, context?: object) => onlyResource(config(props, context), NOTEBOOK);
const setup = (props?: Partial<WorkspaceProps>) => notebook(props).gce_setup;

describe('a notebook', () => {
  test('is there for each user, with a name that never moves', () => {
    expect(notebook()).toMatchObject({ project: 'my-project', location: 'europe-west4-b', name: expect.stringMatching(/^stack-notebooks-data-scientist-[0-9a-f]{8}$/) });
    const two = config({ users: ['ana', 'Bo-2'] });
    expect(resourcesOf(two, NOTEBOOK).map(({ name }) => name)).toEqual([expect.stringMatching(/^stack-notebooks-bo-2-/), expect.stringMatching(/^stack-notebooks-ana-/)]);
    expect(resourcesOf(config({ users: [] }), NOTEBOOK)).toEqual([]);
  });

  test('stops when nobody has worked for so long', () => {
    expect(setup().metadata['idle-timeout-seconds']).toBe('7200');
    expect(setup({ idleShutdownMinutes: 60 }).metadata['idle-timeout-seconds']).toBe('3600');
  });

  test('has no public address, no root and stands in the private network', () => {
    expect(setup()).toMatchObject({
      disable_public_ip: true,
      enable_ip_forwarding: false,
      network_interfaces: [{ network: expect.stringContaining('google_compute_network.Google_Network_'), subnet: expect.stringContaining('google_compute_subnetwork.') }],
      metadata: { 'notebook-disable-root': 'true' },
      shielded_instance_config: { enable_secure_boot: true, enable_vtpm: true, enable_integrity_monitoring: true },
    });
  });

  test('has disks that are encrypted with the key of the lake', () => {
    const encrypted = { disk_type: 'PD_BALANCED', disk_encryption: 'CMEK', kms_key: expect.stringContaining('google_kms_crypto_key.Data_Key') };
    expect(setup()).toMatchObject({ boot_disk: { ...encrypted, disk_size_gb: '150' }, data_disks: { ...encrypted, disk_size_gb: '100' } });
    expect(setup({ dataDiskSizeGb: 500 }).data_disks.disk_size_gb).toBe('500');
    expect(notebook().depends_on).toEqual(expect.arrayContaining(['notebooks', 'compute', 'aiplatform'].map(
      (agent) => expect.stringMatching(new RegExp(`^google_kms_crypto_key_iam_member\\.Data_Key_Agent-${agent}_`)))));
  });

  test('is a small machine, another, or one with GPUs, whose drivers secure boot would refuse', () => {
    expect(setup()).toMatchObject({ machine_type: 'e2-standard-4' });
    expect(setup().accelerator_configs).toBeUndefined();
    expect(setup({ machine: NotebookMachine.cpu('n2-highmem-8') }).machine_type).toBe('n2-highmem-8');
    expect(setup({ machine: NotebookMachine.gpu(Accelerator.NVIDIA_L4) })).toMatchObject({
      machine_type: 'g2-standard-4', accelerator_configs: [{ type: 'NVIDIA_L4', core_count: '1' }], shielded_instance_config: { enable_secure_boot: false },
    });
  });

  test('stands in another zone, or has the image of a name, when said', () => {
    expect(notebook({ zone: 'europe-west4-a' }).location).toBe('europe-west4-a');
    expect(setup().vm_image).toEqual({ project: 'cloud-notebooks-managed', family: 'workbench-instances' });
    expect(setup({ vmImageName: 'workbench-instances-v20250801' }).vm_image).toEqual({ project: 'cloud-notebooks-managed', name: 'workbench-instances-v20250801' });
  });

  test('is kept, and what Workbench itself changes is left alone', () => {
    expect(notebook().lifecycle).toEqual({
      prevent_destroy: true,
      ignore_changes: [
        'desired_state', 'gce_setup[0].metadata["resource-url"]', 'gce_setup[0].metadata["instance-region"]',
        'gce_setup[0].metadata["version-description"]', 'gce_setup[0].metadata["new-proxy-agent-enabled"]',
      ],
    });
    expect(() => config({ removalPolicy: RemovalPolicy.DESTROY })).toThrow(
      "workspace 'Stack/Notebooks': removalPolicy DESTROY would delete data with the stack: set the context flag 'mlops:allowDestroy' to true as well, or keep RETAIN");
    expect(notebook({ removalPolicy: RemovalPolicy.DESTROY }, { 'mlops:allowDestroy': true }).lifecycle.prevent_destroy).toBe(false);
  });
});

describe('its identity', () => {
  const ids = (stack: TerraformConfig, type: string) => resourcesOf(stack, type).map((each) => [each.role, each.condition?.title]);

  test('is its own, reads the lake, writes some folders and starts jobs as itself', () => {
    const all = config();
    expect(setup().service_accounts).toEqual([{ email: expect.stringMatching(/google_service_account\.Notebooks_ServiceAccount-data-scientist_/) }]);
    expect(new Set(ids(all, 'google_storage_bucket_iam_member').map(([role, title]) => `${role} ${title}`))).toEqual(new Set([
      'roles/storage.objectViewer undefined', 'roles/storage.objectUser objects below dataset/', 'roles/storage.objectUser objects below notebooks/',
      // Not `training/`: what a pipeline has made there stays what it was when somebody approved it.
      'roles/storage.objectUser objects below training/notebooks/',
    ]));
    expect(ids(all, 'google_bigquery_dataset_iam_member').map(([role]) => role)).toEqual(['roles/bigquery.dataViewer', 'roles/bigquery.dataViewer']);
    expect(ids(all, 'google_project_iam_member').map(([role]) => role).sort()).toEqual([
      'roles/aiplatform.serviceAgent', 'roles/aiplatform.user', 'roles/bigquery.jobUser', 'roles/bigquery.readSessionUser', 'roles/logging.logWriter',
      'roles/monitoring.metricWriter', 'roles/notebooks.serviceAgent',
    ]);
    expect(onlyResource(all, 'google_service_account_iam_member')).toMatchObject({ role: 'roles/iam.serviceAccountUser' });
  });

  test('writes the folders that were said', () => {
    const titles = ids(config({ writablePrefixes: ['incoming/'] }), 'google_storage_bucket_iam_member').map(([, title]) => title).filter(Boolean);
    expect(titles).toEqual(['objects below incoming/', 'objects below incoming/']);
  });

  test('cannot change what root runs on every notebook', () => {
    const all = config();
    const { name } = onlyResource(all, 'google_storage_bucket_object');
    expect(name).toMatch(/^notebook-startup\/stack-notebooks-[0-9a-f]{8}\/start\.sh$/);
    const written = ids(all, 'google_storage_bucket_iam_member').filter(([role]) => role !== 'roles/storage.objectViewer')
      .map(([, title]) => title.replace('objects below ', ''));
    expect(written.length).toBeGreaterThan(0);
    expect(written.filter((folder) => name.startsWith(folder))).toEqual([]);
  });

  test('is another for each user', () => {
    const { workspace } = setting({ users: ['ana', 'bo'] });
    expect(workspace.serviceAccounts).toHaveLength(2);
    expect(workspace.serviceAccountOf('bo')).toBe(workspace.serviceAccounts[1]);
    expect(() => workspace.serviceAccountOf('eve')).toThrow("workspace 'Stack/Notebooks': user must be one of ana, bo, got 'eve'");
  });

  test('is there with its permissions before the notebook is', () => {
    expect(notebook().depends_on).toEqual(expect.arrayContaining([
      expect.stringMatching(/^google_storage_bucket_iam_member\.Data_Grant-read-all-/), expect.stringMatching(/^google_project_iam_member\.Notebooks_Grant-aiplatform-user-/),
    ]));
  });
});

describe('opening', () => {
  test('is given by acting as the identity of the notebook, and with it starting and stopping', () => {
    const { stack, workspace } = setting({ users: ['ana', 'bo'] });
    workspace.grantOpen(Principal.group('ml@example.com'), 'bo');
    const again = workspace.grantOpen(Principal.group('ml@example.com'), 'bo');
    expect(again.addresses).toHaveLength(2);
    const all = synthesized(stack);
    expect(onlyResource(all, 'google_workbench_instance_iam_member')).toMatchObject({
      member: 'group:ml@example.com', name: expect.stringContaining('Notebooks_User-bo'), role: expect.stringContaining('google_project_iam_custom_role.Notebooks_Opener'),
    });
    expect(resourcesOf(all, 'google_service_account_iam_member').filter(({ member }) => member === 'group:ml@example.com')).toEqual([
      expect.objectContaining({ service_account_id: expect.stringContaining('Notebooks_ServiceAccount-bo') }),
    ]);
    expect(onlyResource(all, 'google_project_iam_custom_role').permissions).toEqual([
      'notebooks.instances.get', 'notebooks.instances.getHealth', 'notebooks.instances.start', 'notebooks.instances.stop',
    ]);
  });

  test('is the owner\'s alone where there is one', () => {
    const { stack, workspace } = setting({ users: ['ana', 'bo'], owners: { ana: 'ana@example.com' } });
    const all = synthesized(stack);
    expect(resourceAt(all, NOTEBOOK, 'User-ana').instance_owners).toEqual(['ana@example.com']);
    expect(resourceAt(all, NOTEBOOK, 'User-bo').instance_owners).toBeUndefined();
    expect(onlyResource(all, 'google_workbench_instance_iam_member').member).toBe('user:ana@example.com');
    expect(() => workspace.grantOpen(Principal.user('bo@example.com'), 'ana')).toThrow(
      "workspace 'Stack/Notebooks': the notebook of 'ana' belongs to ana@example.com, and Workbench lets only the owner open it: leave it out of owners, or grant another");
    expect(() => workspace.grantOpen(Principal.user('bo@example.com'), 'eve')).toThrow("workspace 'Stack/Notebooks': user must be one of ana, bo, got 'eve'");
  });

  test('happens at an address', () => {
    const { stack, workspace } = setting();
    new TerraformOutput(stack, 'Address', { value: workspace.addressOf('data-scientist') });
    expect(synthesized(stack).output.Address.value).toMatch(/^\$\{google_workbench_instance\.Notebooks_User-data-scientist_\w+\.proxy_uri\}$/);
  });
});

describe('what a notebook starts with', () => {
  test('are variables of the lake, of the tracker and of yours', () => {
    const stack = googleStack();
    const data = new DataLake(stack, 'Data');
    const tracking = new ExperimentTracker(stack, 'Tracking', { data });
    new Workspace(stack, 'Notebooks', { data, tracking, environment: { TEAM: "it's ${ours}" } });
    const all = synthesized(stack);
    const script: string = onlyResource(all, 'google_storage_bucket_object').content;
    expect(script).toContain("export MLOPS_PROJECT='my-project'");
    expect(script).toContain("export MLOPS_REGION='europe-west4'");
    expect(script).toMatch(/export MLOPS_RAW_BUCKET='\$\{google_storage_bucket\.Data_Raw_\w+\.name\}'/);
    expect(script).toMatch(/os\.environ\["MLOPS_ARTIFACT_BUCKET"\] = "\$\{google_storage_bucket\.Data_Artifacts_\w+\.name\}"/);
    expect(script).toMatch(/os\.environ\["MLOPS_FEATURE_DATASET"\] = "\$\{google_bigquery_dataset\.Data_Features_\w+\.dataset_id\}"/);
    expect(script).toMatch(/os\.environ\["MLOPS_CAPTURE_DATASET"\] = "\$\{google_bigquery_dataset\.Data_Capture_\w+\.dataset_id\}"/);
    expect(script).toContain(`os.environ["MLFLOW_TRACKING_URI"] = "${tracking.trackingUri}"`);
    expect(script).toContain('os.environ["MLFLOW_TRACKING_TOKEN"]');
    expect(script).toContain("export TEAM='it'\\''s $${ours}'");
    expect(resourcesOf(all, 'google_cloud_run_v2_service_iam_member')).toHaveLength(1);
    expect(onlyResource(all, NOTEBOOK).gce_setup.metadata).toMatchObject({
      'post-startup-script': expect.stringMatching(/^gs:\/\/\$\{google_storage_bucket_object\.Notebooks_Start_\w+\.bucket\}\/\$\{google_storage_bucket_object\.Notebooks_Start_\w+\.name\}$/),
      'post-startup-script-behavior': 'download_and_run_every_start',
    });
  });

  test('asks for no token where there is no tracker', () => {
    expect(onlyResource(config(), 'google_storage_bucket_object').content).not.toContain('TOKEN');
  });

  test('reaches a mirror of PyPI when asked for, and no other way', () => {
    const all = config({ pythonPackages: true, users: ['ana', 'bo'] });
    expect(onlyResource(all, 'google_artifact_registry_repository')).toMatchObject({
      format: 'PYTHON',
      mode: 'REMOTE_REPOSITORY',
      location: 'europe-west4',
      remote_repository_config: { python_repository: { public_repository: 'PYPI' } },
      kms_key_name: expect.stringContaining('google_kms_crypto_key.Data_Key'),
    });
    expect(resourcesOf(all, 'google_artifact_registry_repository_iam_member').map(({ role, location }) => [role, location]))
      .toEqual(Array(2).fill(['roles/artifactregistry.reader', 'europe-west4']));
    const script: string = onlyResource(all, 'google_storage_bucket_object').content;
    expect(script).toMatch(/export PIP_INDEX_URL='https:\/\/europe-west4-python\.pkg\.dev\/my-project\/\$\{google_artifact_registry_repository\.\w+\.repository_id\}\/simple\/'/);
    const without = config();
    expect(resourcesOf(without, 'google_artifact_registry_repository')).toEqual([]);
    expect(onlyResource(without, 'google_storage_bucket_object').content).not.toMatch(/NETRC|PIP_INDEX_URL/);
  });

  describe('is a script that lets pip in', () => {
    const script = startScript({}, { packageHost: 'europe-west4-python.pkg.dev' });
    const part = (file: string) => new RegExp(`cat > ${file} <<'MLOPS_END'\n([^]*?)MLOPS_END`).exec(script)![1];
    const metadata = 'curl() { echo \'{"access_token": "secret"}\'; }\n';

    test('with a token beside what the user keeps', () => {
      const home = mkdtempSync(join(tmpdir(), 'home-'));
      writeFileSync(join(home, '.netrc'), 'machine git.example.com login ana password own\n');
      execFileSync('bash', { input: metadata + part('/usr/local/bin/mlops-pip-login'), env: { ...process.env, HOME: home } });
      expect(readFileSync(join(home, '.mlops-netrc'), 'utf8')).toBe(
        'machine git.example.com login ana password own\nmachine europe-west4-python.pkg.dev login oauth2accesstoken password secret\n');
      expect(statSync(join(home, '.mlops-netrc')).mode.toString(8)).toBe('100600');
    });

    test('that bash and Python read, in terminals and in kernels', () => {
      execFileSync('bash', ['-n'], { input: script });
      expect(part('/etc/profile.d/mlops.sh')).toBe('export NETRC="$HOME/.mlops-netrc"\n/usr/local/bin/mlops-pip-login\n');
      const kernel = `
import json, subprocess, sys, types
ran, events = [], []
subprocess.run = lambda command, check: ran.append(command)
get_ipython = lambda: types.SimpleNamespace(events=types.SimpleNamespace(register=lambda *event: events.append(event)))
exec(compile(sys.stdin.read(), "start", "exec"))
events[0][1](None)
print(json.dumps([ran, events[0][0], os.environ["NETRC"]]))
`;
      const said = execFileSync('python3', ['-c', kernel], { input: part('/etc/ipython/startup/50-mlops.py'), env: { ...process.env, HOME: '/home/ana' }, encoding: 'utf8' });
      expect(JSON.parse(said)).toEqual([[['/usr/local/bin/mlops-pip-login']], 'pre_run_cell', '/home/ana/.mlops-netrc']);
    });
  });

  describe('is a script', () => {
    const script = startScript({ TEAM: 'it\'s "ours"\nand yours' }, { tokenAudience: 'https://mlflow.example.com' });
    const part = (file: string) => new RegExp(`cat > ${file} <<'MLOPS_END'\n([^]*?)MLOPS_END`).exec(script)![1];

    test('that bash reads', () => {
      execFileSync('bash', ['-n'], { input: script });
    });

    test('that gives variables and a token to terminals', () => {
      const metadata = 'curl() { printf "%s " "$@" > /dev/null; echo token; }\n';
      const said = execFileSync('bash', { input: `${metadata}${part('/etc/profile.d/mlops.sh')}\necho "$TEAM|$MLFLOW_TRACKING_TOKEN"`, encoding: 'utf8' });
      expect(said).toBe('it\'s "ours"\nand yours|token\n');
    });

    test('that gives variables and fresh tokens to kernels of Python', () => {
      const kernel = `
import io, json, sys, time, types, urllib.request
calls, events = [], []
def urlopen(request, timeout):
    calls.append([request.full_url, request.get_header("Metadata-flavor")])
    return io.BytesIO(b"token %d" % len(calls))
urllib.request.urlopen = urlopen
get_ipython = lambda: types.SimpleNamespace(events=types.SimpleNamespace(register=lambda *event: events.append(event)))
exec(compile(sys.stdin.read(), "start", "exec"))
[(name, before_cell)] = events
tokens = [os.environ["MLFLOW_TRACKING_TOKEN"]]
for later in [100, 2000]:
    now = time.time()
    time.time = lambda: now + later
    before_cell(None)
    tokens.append(os.environ["MLFLOW_TRACKING_TOKEN"])
print(json.dumps([name, os.environ["TEAM"], tokens, calls[0]]))
`;
      const said = execFileSync('python3', ['-c', kernel], { input: part('/etc/ipython/startup/50-mlops.py'), encoding: 'utf8' });
      expect(JSON.parse(said)).toEqual(['pre_run_cell', 'it\'s "ours"\nand yours', ['token 1', 'token 1', 'token 2'], [
        'http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/identity?audience=https%3A%2F%2Fmlflow.example.com', 'Google',
      ]]);
    });
  });
});

test.each<[Partial<WorkspaceProps>, string]>([
  [{ idleShutdownMinutes: 59 }, 'idleShutdownMinutes must be a whole number between 60 and 525600, got 59'],
  [{ dataDiskSizeGb: 9 }, 'dataDiskSizeGb must be a whole number between 10 and 64000, got 9'],
  [{ users: ['a_b'] }, "users must be letters, digits and hyphens between them, at most 63, got 'a_b'"],
  [{ users: ['ana', 'ana'] }, "users must be without repeats, got 'ana'"],
  [{ owners: { eve: 'eve@example.com' } }, "owners must be named by one of the users, data-scientist, got 'eve'"],
  [{ owners: { 'data-scientist': 'eve' } }, "owners must be e-mail addresses like ml@example.com, got 'eve'"],
  [{ environment: { 'A-B': '1' } }, "environment must be named by letters, digits and underscores, got 'A-B'"],
  [{ writablePrefixes: ['training'] }, "writablePrefixes must be folders like training/, got 'training'"],
  [
    { writablePrefixes: ['training/', 'notebook-startup/a/'] },
    "writablePrefixes must be outside of notebook-startup/, which holds what root runs on every notebook, got 'notebook-startup/a/'",
  ],
  [{ zone: 'us-central1-a' }, "zone must be a zone of the region, like europe-west4-b, got 'us-central1-a'"],
  [{ vmImageName: 'a/b' }, "vmImageName must be the name of an image like workbench-instances-v20250801, got 'a/b'"],
])('refuses %j', (props, message) => {
  expect(() => setting(props)).toThrow(`workspace 'Stack/Notebooks': ${message}`);
});

describe('a machine', () => {
  test.each<[Accelerator, number | undefined, string | undefined, string, string]>([
    [Accelerator.NVIDIA_T4, undefined, undefined, 'n1-standard-4', 'NVIDIA_TESLA_T4'],
    [Accelerator.NVIDIA_T4, 4, 'n1-standard-16', 'n1-standard-16', 'NVIDIA_TESLA_T4'],
    [Accelerator.NVIDIA_V100, 8, undefined, 'n1-standard-16', 'NVIDIA_TESLA_V100'],
    [Accelerator.NVIDIA_L4, 4, undefined, 'g2-standard-48', 'NVIDIA_L4'],
    [Accelerator.NVIDIA_A100, 2, undefined, 'a2-highgpu-2g', 'NVIDIA_TESLA_A100'],
    [Accelerator.NVIDIA_A100_80GB, 1, undefined, 'a2-ultragpu-1g', 'NVIDIA_A100_80GB'],
  ])('carries %s', (accelerator, count, machineType, machine, type) => {
    expect(setup({ machine: NotebookMachine.gpu(accelerator, { count, machineType }) }))
      .toMatchObject({ machine_type: machine, accelerator_configs: [{ type, core_count: String(count ?? 1) }] });
  });

  test('is refused where the region has none', () => {
    const stack = googleStack({ region: 'europe-west6' });
    const data = new DataLake(stack, 'Data');
    expect(() => new Workspace(stack, 'Notebooks', { data, machine: NotebookMachine.gpu(Accelerator.NVIDIA_V100) })).toThrow(
      "workspace 'Stack/Notebooks': machine must be one that europe-west6 has; its GPU is in asia-east1, europe-west4, us-central1, us-east1, us-west1, got 'NVIDIA_TESLA_V100'");
  });

  test('is refused where Workbench has none', () => {
    expect(() => NotebookMachine.cpu('e2-standard-5')).toThrow(
      "notebook machine 'e2-standard-5': machineType must be one of e2-standard-2, e2-standard-4, e2-standard-8, e2-standard-16, e2-standard-32, got 'e2-standard-5'");
    expect(NotebookMachine.cpu('c4-standard-8').machineType).toBe('c4-standard-8');
    expect(() => NotebookMachine.cpu('g2-standard-4')).toThrow("notebook machine 'g2-standard-4': machineType must be a machine without GPUs like e2-standard-4, got 'g2-standard-4'");
    expect(() => NotebookMachine.gpu(Accelerator.NVIDIA_H100)).toThrow(
      "notebook machine 'nvidia-h100': accelerator must be one of nvidia-t4, nvidia-v100, nvidia-l4, nvidia-a100, nvidia-a100-80gb, got 'nvidia-h100'");
    expect(() => NotebookMachine.gpu(Accelerator.NVIDIA_T4, { count: 3 })).toThrow("notebook machine 'nvidia-t4': count must be one of 1, 2, 4, got 3");
    expect(() => NotebookMachine.gpu(Accelerator.NVIDIA_L4, { machineType: 'n1-standard-4' })).toThrow(
      "notebook machine 'nvidia-l4': machineType must be one of g2-standard-4, g2-standard-8, g2-standard-12, g2-standard-16, g2-standard-32 for 1 of nvidia-l4, got 'n1-standard-4'");
  });
});

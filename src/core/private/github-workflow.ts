import { GitHubRepository } from './delivery';
import { toYaml, Yaml } from './yaml';

/** A step of a job. */
export type WorkflowStep = { readonly [key: string]: Yaml | undefined };

/** What happens for one stage. */
export interface WorkflowStage {
  /** Name of the stage and of its environment. */
  readonly name: string;
  /** Steps that show what would change, in a job of their own before somebody approves; undefined when nobody has to. */
  readonly preview?: WorkflowStep[];
  /** Steps that deliver. */
  readonly deliver: WorkflowStep[];
}

/** What a workflow is made of; the clouds differ in their steps only. */
export interface WorkflowSpec {
  /** Explanation at the top of the file. */
  readonly header: string[];
  /** The repository and its branch. */
  readonly repository: GitHubRepository;
  /** Label of the machines that run the jobs. */
  readonly runner: string;
  /** Steps that test, build and keep what was built. */
  readonly build: WorkflowStep[];
  /** The stages in order. */
  readonly stages: WorkflowStage[];
}

/**
 * The workflow file: every push and pull request is built and tested; what is on the branch goes through the stages in order.
 *
 * Only the jobs that need the cloud may ask for an identity, and a stage is never delivered twice at the same time.
 */
export function githubWorkflow(spec: WorkflowSpec): string {
  const { branch } = spec.repository;
  const onBranch = `github.event_name != 'pull_request' && github.ref == 'refs/heads/${branch}'`;
  const withIdentity = { 'contents': 'read', 'id-token': 'write' };
  const jobs: { [name: string]: Yaml } = {
    build: { 'name': 'Test and synthesize', 'runs-on': spec.runner, 'timeout-minutes': 30, 'steps': spec.build },
  };
  let before = 'build';
  for (const stage of spec.stages) {
    if (stage.preview !== undefined) {
      const name = `diff-${stage.name}`;
      jobs[name] = {
        'name': `What would change in ${stage.name}`,
        'needs': before,
        'if': onBranch,
        'runs-on': spec.runner,
        'timeout-minutes': 30,
        'permissions': withIdentity,
        'steps': stage.preview,
      };
      before = name;
    }
    const name = `deploy-${stage.name}`;
    jobs[name] = {
      'name': `Deploy to ${stage.name}`,
      'needs': before,
      'if': onBranch,
      'runs-on': spec.runner,
      'timeout-minutes': 120,
      'environment': stage.name,
      'concurrency': { 'group': name, 'cancel-in-progress': false },
      'permissions': withIdentity,
      'steps': stage.deliver,
    };
    before = name;
  }
  const workflow = {
    name: 'Deliver',
    on: { push: { branches: [branch] }, pull_request: {}, workflow_dispatch: {} },
    permissions: { contents: 'read' },
    // A newer push to a pull request replaces the older run; runs of the branch must not wait for each other's approvals.
    concurrency: { 'group': "deliver-${{ github.event_name == 'pull_request' && github.ref || github.run_id }}", 'cancel-in-progress': true },
    jobs,
  };
  return `${spec.header.map((line) => `# ${line}`.trimEnd()).join('\n')}\n${toYaml(workflow)}`;
}

/**
 * Keeps what was built for the jobs of this run; a job that runs again replaces it. As an archive, because GitHub's artifacts forget which files may
 * be executed, what links to what, and empty folders: an image that is built of them in another job would be another.
 */
export function kept(name: string, folder: string, working: string | undefined): WorkflowStep[] {
  const archive = `${name}.tgz`;
  return [
    { 'name': 'Pack', 'run': `tar -czf ${archive} ${folder}`, 'working-directory': working },
    {
      uses: ACTIONS.uploadArtifact,
      with: { name, 'path': working === undefined ? archive : `${working}/${archive}`, 'if-no-files-found': 'error', 'overwrite': true },
    },
  ];
}

/** Brings back what another job has kept, and nothing that an earlier run left on the machine. */
export function fetched(name: string, folder: string, working: string | undefined): WorkflowStep[] {
  return [
    { uses: ACTIONS.downloadArtifact, with: { name, path: working ?? '.' } },
    { 'name': 'Unpack', 'run': `rm -rf ${folder} && tar -xzf ${name}.tgz`, 'working-directory': working },
  ];
}

/** setup-node keeps npm's downloads where a lock file says what they are; in a workspace that is not the app's own. */
export function cachedNpm(install: string, working: string | undefined): WorkflowStep {
  if (!/^npm (ci|clean-install)\b/.test(install)) return {};
  return { 'cache': 'npm', 'cache-dependency-path': working === undefined ? undefined : '**/package-lock.json' };
}

/** Name of a repository's variable that is for one stage: the comparison before its approval is not in its environment. */
export function ofStage(stage: string, variable: string): string {
  return `${stage.toUpperCase().replace(/-/g, '_')}_${variable}`;
}

/** Appends what the command prints to the summary of the run, where whoever approves reads it. */
export function summarized(name: string, command: string): WorkflowStep {
  return {
    name,
    shell: 'bash',
    run: `${command} 2>&1 | tee diff.txt\n{ echo '\`\`\`'; cat diff.txt; echo '\`\`\`'; } >> "$GITHUB_STEP_SUMMARY"\n`,
  };
}

/** The actions that are used, by major version. */
export const ACTIONS = {
  // https://github.com/actions/checkout/releases
  checkout: 'actions/checkout@v7',
  // https://github.com/actions/setup-node/releases
  setupNode: 'actions/setup-node@v6',
  // https://github.com/actions/upload-artifact/releases
  uploadArtifact: 'actions/upload-artifact@v7',
  // https://github.com/actions/download-artifact/releases
  downloadArtifact: 'actions/download-artifact@v8',
} as const;

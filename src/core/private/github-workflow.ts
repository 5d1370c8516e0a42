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

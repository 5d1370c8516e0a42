import { aws_iam as iam, CfnCondition, CfnOutput, CfnParameter, Fn, IResolvable, region_info, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { acknowledgeInlinePolicy } from './acknowledge';
import { deployCommand, DeliveryPlan, diffCommand, grantDeploy, grantDiff, PlannedStage } from './delivery-plan';
import { outermostStack, stableName } from './names';
import { ACTIONS, githubWorkflow, summarized, WorkflowStep } from '../../core/private/github-workflow';

/** The provider, the roles and the workflow of a delivery by GitHub Actions. */
export class GitHubDelivery {
  public readonly workflow: string;
  public readonly provider: iam.IOidcProvider;
  public readonly deployRoles: { [stage: string]: iam.IRole } = {};
  private readonly diffRoles: { [stage: string]: iam.IRole } = {};
  /** ARNs of the roles, where account and region are known at synthesis. */
  private readonly knownArns = new Map<iam.IRole, string>();
  /** Whether this is the account of a stage, for the stages that have no account of their own at synthesis. */
  private readonly isHere = new Map<PlannedStage, CfnCondition>();
  private stageParameter?: CfnParameter;

  public constructor(
    private readonly scope: Construct, private readonly plan: DeliveryPlan, options: { provider?: iam.IOidcProvider; runner?: string },
  ) {
    this.provider = options.provider ?? providerOf(Stack.of(scope)) ?? new iam.OidcProviderNative(scope, 'Provider', {
      url: ISSUER_URL,
      clientIds: [AUDIENCE],
      // An account has one, so others of its stacks may have come to use it; a creation that fails still takes it back.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const { subject, branch } = plan.repository;
    this.askForStage();
    for (const stage of plan.stages) {
      const role = this.newRole(`Deploy-${stage.name}`, this.onlyHere(stage, `${subject}:environment:${stage.name}`), `Delivers ${plan.repository.name} to ${stage.name}`);
      grantDeploy(role, plan, stage);
      this.deployRoles[stage.name] = role;
      if (!stage.approval) continue;
      // Compares before somebody has approved, so it cannot be bound to the environment, which is what waits for the approval.
      const reader = this.newRole(`Diff-${stage.name}`, this.onlyHere(stage, `${subject}:ref:refs/heads/${branch}`), `Compares ${plan.repository.name} with ${stage.name}`);
      grantDiff(reader, plan, stage);
      this.diffRoles[stage.name] = reader;
    }
    this.workflow = this.render(options.runner ?? 'ubuntu-latest');
  }

  /**
   * Where the same stack goes to every stage's account, each account has the roles of all stages: the deployment says which of them is meant. Without
   * it the account of the last stage would also let in the environment of the first, where nobody approves.
   */
  private askForStage(): void {
    const { account } = Stack.of(this.scope);
    const here = this.plan.stages.filter((stage) => stage.account === account && stage.stacks === undefined);
    if (here.length < 2 || !Token.isUnresolved(account)) return;
    const names = here.map((stage) => stage.name);
    // Nobody is asked for the parameters of a nested stack.
    const [scope, id] = Stack.of(this.scope).nested ? [outermostStack(this.scope), stableName(this.scope, 'Stage', 64)] : [this.scope, 'Stage'];
    const parameter = this.stageParameter = new CfnParameter(scope, id, {
      description: `Which stage this account is: ${names.join(', ')}. GitHub's environment of that name alone may deliver here`,
      allowedValues: [NO_STAGE, ...names],
      default: NO_STAGE,
    });
    for (const stage of here) {
      this.isHere.set(stage, new CfnCondition(this.scope, `Is-${stage.name}`, { expression: Fn.conditionEquals(parameter, stage.name) }));
    }
  }

  /** The subject in the account of the stage; in the others one that no token has, of the repository, because IAM wants to see whose it is. */
  private onlyHere(stage: PlannedStage, subject: string): string | IResolvable {
    const condition = this.isHere.get(stage);
    return condition === undefined ? subject : Fn.conditionIf(condition.logicalId, subject, `${this.plan.repository.subject}:nobody`);
  }

  private newRole(id: string, subject: string | IResolvable, description: string): iam.Role {
    const stack = Stack.of(this.scope);
    // With a name the workflow can say the ARN by itself; roles are global, so the region is in it.
    const roleName = Token.isUnresolved(stack.account) || Token.isUnresolved(stack.region)
      ? undefined : stableName(this.scope, `${id}-${stack.region}`, 64);
    const role = new iam.Role(this.scope, id, {
      assumedBy: new iam.WebIdentityPrincipal(this.provider.oidcProviderArn, {
        StringEquals: { [`${ISSUER}:aud`]: AUDIENCE, [`${ISSUER}:sub`]: subject },
      }),
      description,
      roleName,
    });
    if (roleName !== undefined) this.knownArns.set(role, `arn:${region_info.RegionInfo.get(stack.region).partition ?? 'aws'}:iam::${stack.account}:role/${roleName}`);
    acknowledgeInlinePolicy(role);
    new CfnOutput(role, 'Arn', { value: role.roleArn, description });
    return role;
  }

  private render(runner: string): string {
    const { plan } = this;
    const working = plan.workingDirectory === '.' ? undefined : plan.workingDirectory;
    const inApp = (step: WorkflowStep): WorkflowStep => ({ ...step, 'working-directory': working });
    const fromApp = (path: string) => (working === undefined ? path : `${working}/${path}`);
    const prepare: WorkflowStep[] = [
      { uses: ACTIONS.checkout, with: { 'persist-credentials': false } },
      { uses: ACTIONS.setupNode, with: { 'node-version': plan.nodeVersion, ...cache(plan.install, working) } },
      inApp({ name: 'Install', run: plan.install }),
    ];
    const fetched: WorkflowStep[] = [...prepare, { uses: ACTIONS.downloadArtifact, with: { name: ASSEMBLY, path: fromApp(ASSEMBLY) } }];
    return githubWorkflow({
      header: this.header(),
      repository: plan.repository,
      runner,
      build: [
        ...prepare,
        inApp({ name: 'Test', run: plan.test }),
        inApp({ name: 'Synthesize', run: `${plan.cdk} synth --quiet` }),
        { name: 'Check that this file is the one that was synthesized', run: `diff -u .github/workflows/${plan.workflowFile} ${fromApp(ASSEMBLY)}/${plan.workflowFile}` },
        { uses: ACTIONS.uploadArtifact, with: { 'name': ASSEMBLY, 'path': fromApp(ASSEMBLY), 'include-hidden-files': true, 'if-no-files-found': 'error' } },
      ],
      stages: plan.stages.map((stage) => ({
        name: stage.name,
        preview: stage.approval
          ? [...fetched, this.login(stage, this.diffRoles[stage.name], `${variable(stage)}_DIFF_ROLE_ARN`), inApp(summarized('Compare', diffCommand(plan, stage, ASSEMBLY)))]
          : undefined,
        deliver: [
          ...fetched,
          this.login(stage, this.deployRoles[stage.name], 'AWS_DEPLOY_ROLE_ARN'),
          ...(stage.approval ? [] : [inApp(summarized('Compare', diffCommand(plan, stage, ASSEMBLY)))]),
          inApp({ name: 'Deploy', run: deployCommand(plan, stage, ASSEMBLY) }),
        ],
      })),
    });
  }

  private login(stage: PlannedStage, role: iam.IRole, roleVariable: string): WorkflowStep {
    return {
      uses: 'aws-actions/configure-aws-credentials@v6',
      with: {
        'role-to-assume': this.knownArns.get(role) ?? `\${{ vars.${roleVariable} }}`,
        'role-session-name': `deliver-${stage.name}-\${{ github.run_id }}`,
        'aws-region': Token.isUnresolved(stage.region) ? '${{ vars.AWS_REGION }}' : stage.region,
      },
    };
  }

  private header(): string[] {
    const { plan } = this;
    const repository = plan.repository.name;
    return [
      `Delivers ${repository}. Made by mlops-constructs at synthesis: change the app, not this file.`,
      '',
      'Once, by hand:',
      `- Deploy the stack of the delivery pipeline${this.stageSaid()}, and copy this file from cdk.out/${plan.workflowFile} to .github/workflows.`,
      ...plan.stages.flatMap((stage) => {
        const environment = `- Make the environment '${stage.name}', for the branch '${plan.repository.branch}' only`;
        return [
          stage.approval ? `${environment}, with the people who approve as its required reviewers.` : `${environment}.`,
          ...this.variables(stage).map((name) => `    ${name}`),
        ];
      }),
    ];
  }

  /** Later deployments keep the value. */
  private stageSaid(): string {
    if (this.stageParameter === undefined) return '';
    const stack = Stack.of(this.stageParameter);
    return ` in every stage's account, the first time with --parameters ${stack.stackName}:${stack.getLogicalId(this.stageParameter)}=<stage>`;
  }

  private variables(stage: PlannedStage): string[] {
    const unknownRole = !this.knownArns.has(this.deployRoles[stage.name]);
    const variables: string[] = [];
    if (unknownRole) variables.push(`Its variable AWS_DEPLOY_ROLE_ARN is the stack's output about delivering to ${stage.name}.`);
    if (Token.isUnresolved(stage.region)) variables.push(`Its variable AWS_REGION is the region${stage.approval ? '; the repository needs the variable as well.' : '.'}`);
    if (unknownRole && stage.approval) variables.push(`The repository's variable ${variable(stage)}_DIFF_ROLE_ARN is the output about comparing with ${stage.name}.`);
    return variables;
  }
}

/** GitHub's provider that the stack makes already, of another delivery or the user's own: an account takes one. */
function providerOf(stack: Stack): iam.IOidcProvider | undefined {
  return stack.node.findAll().filter((each) => each instanceof iam.OidcProviderNative).find(({ node }) => {
    const { url, clientIdList } = node.defaultChild as iam.CfnOIDCProvider;
    return url === ISSUER_URL && clientIdList?.includes(AUDIENCE);
  });
}

/** setup-node keeps npm's downloads when it is npm that installs. */
function cache(install: string, working: string | undefined): WorkflowStep {
  if (!/^npm\b/.test(install)) return {};
  return { 'cache': 'npm', 'cache-dependency-path': working === undefined ? undefined : `${working}/package-lock.json` };
}

function variable(stage: PlannedStage): string {
  return stage.name.toUpperCase().replace(/-/g, '_');
}

/** @see https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws */
const ISSUER = 'token.actions.githubusercontent.com';
const ISSUER_URL = `https://${ISSUER}`;
const AUDIENCE = 'sts.amazonaws.com';
const ASSEMBLY = 'cdk.out';
/** Value of the parameter in an account that nothing is delivered to by GitHub. */
const NO_STAGE = 'none';

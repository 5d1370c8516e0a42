import {
  aws_iam as iam,
  CfnCondition,
  CfnOutput,
  CfnParameter,
  Duration,
  Fn,
  IResolvable,
  region_info,
  RemovalPolicy,
  Stack,
  Token,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { deployCommand, DeliveryPlan, diffCommand, grantDeploy, grantDiff, PlannedStage } from './plan';
import {
  AppSteps,
  environmentToMake,
  githubWorkflow,
  ofStage,
  requireValues,
  summarized,
  valueOf,
  workflowHeader,
  WorkflowStep,
} from '../../../core/private/github-workflow';
import { branchSubject, environmentSubject } from '../../../core/private/resolve/delivery';
import { acknowledgeInlinePolicy } from '../base/acknowledge';
import { outermostStack, stableName } from '../base/names';

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
    private readonly scope: Construct,
    private readonly plan: DeliveryPlan,
    options: { provider?: iam.IOidcProvider; runner?: string },
  ) {
    this.provider =
      options.provider ??
      providerOf(Stack.of(scope)) ??
      new iam.OidcProviderNative(scope, 'Provider', {
        url: ISSUER_URL,
        clientIds: [AUDIENCE],
        // An account has one, so others of its stacks may have come to use it; a creation that fails still takes it
        // back.
        removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      });
    this.askForStage();
    for (const stage of plan.stages) {
      const role = this.newRole(
        `Deploy-${stage.name}`,
        this.onlyHere(stage, environmentSubject(plan.repository, stage.name)),
        `Delivers ${plan.repository.name} to ${stage.name}`,
        DELIVERY,
      );
      grantDeploy(role, plan, stage);
      this.deployRoles[stage.name] = role;
      if (!stage.approval) continue;
      // Compares before somebody has approved, so it cannot be bound to the environment, which is what waits for the
      // approval.
      const reader = this.newRole(
        `Diff-${stage.name}`,
        this.onlyHere(stage, branchSubject(plan.repository)),
        `Compares ${plan.repository.name} with ${stage.name}`,
      );
      grantDiff(reader, plan, stage);
      this.diffRoles[stage.name] = reader;
    }
    this.workflow = this.render(options.runner ?? 'ubuntu-latest');
  }

  /**
   * Where the same stack goes to every stage's account, each account has the roles of all stages: the deployment says
   * which of them is meant. Without it the account of the last stage would also let in the environment of the first,
   * where nobody approves.
   */
  private askForStage(): void {
    const { account } = Stack.of(this.scope);
    const here = this.plan.stages.filter((stage) => stage.account === account && stage.stacks === undefined);
    if (here.length < 2 || !Token.isUnresolved(account)) return;
    const names = here.map((stage) => stage.name);
    // Nobody is asked for the parameters of a nested stack.
    const [scope, id] = Stack.of(this.scope).nested
      ? [outermostStack(this.scope), stableName(this.scope, 'Stage', 64)]
      : [this.scope, 'Stage'];
    const parameter = (this.stageParameter = new CfnParameter(scope, id, {
      description: `Which stage this account is: ${names.join(', ')}. GitHub's environment of that name alone may deliver here`,
      allowedValues: [NO_STAGE, ...names],
      default: NO_STAGE,
    }));
    const isNone = new CfnCondition(scope, `${id}-None`, { expression: Fn.conditionEquals(parameter, NO_STAGE) });
    new CfnOutput(scope, `${id}-Delivered`, {
      description: 'The stage whose environment GitHub delivers here from',
      value: Token.asString(
        Fn.conditionIf(
          isNone.logicalId,
          `none, GitHub is not let in: deploy once with ${this.saying('<stage>')}`,
          parameter.valueAsString,
        ),
      ),
    });
    for (const stage of here) {
      this.isHere.set(
        stage,
        new CfnCondition(this.scope, `Is-${stage.name}`, { expression: Fn.conditionEquals(parameter, stage.name) }),
      );
    }
  }

  /**
   * The subject in the account of the stage; in the others one that no token has, of the repository, because IAM wants
   * to see whose it is.
   */
  private onlyHere(stage: PlannedStage, subject: string): string | IResolvable {
    const condition = this.isHere.get(stage);
    return condition === undefined
      ? subject
      : Fn.conditionIf(condition.logicalId, subject, `${this.plan.repository.subject}:nobody`);
  }

  /** What tells a deployment which stage the account is. */
  private saying(stage: string): string {
    const stack = Stack.of(this.stageParameter!);
    return `--parameters ${stack.stackName}:${stack.getLogicalId(this.stageParameter!)}=${stage}`;
  }

  private newRole(
    id: string,
    subject: string | IResolvable,
    description: string,
    maxSessionDuration?: Duration,
  ): iam.Role {
    const stack = Stack.of(this.scope);
    // With a name the workflow can say the ARN by itself; roles are global, so the region is in it.
    const roleName =
      Token.isUnresolved(stack.account) || Token.isUnresolved(stack.region)
        ? undefined
        : stableName(this.scope, `${id}-${stack.region}`, 64);
    const role = new iam.Role(this.scope, id, {
      assumedBy: new iam.WebIdentityPrincipal(this.provider.oidcProviderArn, {
        StringEquals: { [`${ISSUER}:aud`]: AUDIENCE, [`${ISSUER}:sub`]: subject },
      }),
      description,
      roleName,
      maxSessionDuration,
    });
    if (roleName !== undefined) {
      this.knownArns.set(
        role,
        `arn:${region_info.RegionInfo.get(stack.region).partition ?? 'aws'}:iam::${stack.account}:role/${roleName}`,
      );
    }
    acknowledgeInlinePolicy(role);
    new CfnOutput(role, 'Arn', { value: role.roleArn, description });
    return role;
  }

  private render(runner: string): string {
    const { plan } = this;
    const app = new AppSteps(plan, ASSEMBLY);
    // Said by every delivery, so that a stage that is new to the stack does not shut out the one that delivers it.
    const deploy = (stage: PlannedStage) =>
      [deployCommand(plan, stage, ASSEMBLY), ...(this.isHere.has(stage) ? [this.saying(stage.name)] : [])].join(' ');
    const ready: WorkflowStep[] = [...app.prepare(), ...app.fetch()];
    return githubWorkflow({
      file: plan.workflowFile,
      header: this.header(),
      repository: plan.repository,
      runner,
      build: app.build(`${plan.cdk} synth --quiet`, ASSEMBLY),
      stages: plan.stages.map((stage) => ({
        name: stage.name,
        preview: stage.approval
          ? [
            ...ready,
            ...this.login(stage, this.diffRoles[stage.name], {
              role: ofStage(stage.name, DIFF_ROLE),
              region: ofStage(stage.name, REGION),
            }),
            app.inApp(summarized('Compare', diffCommand(plan, stage, ASSEMBLY))),
          ]
          : undefined,
        deliver: [
          ...ready,
          ...this.login(stage, this.deployRoles[stage.name], { role: DEPLOY_ROLE, region: REGION }, DELIVERY),
          ...(stage.approval ? [] : [app.inApp(summarized('Compare', diffCommand(plan, stage, ASSEMBLY)))]),
          app.inApp({ name: 'Deploy', run: deploy(stage) }),
        ],
      })),
    });
  }

  private login(
    stage: PlannedStage,
    role: iam.IRole,
    variables: { role: string; region: string },
    duration?: Duration,
  ): WorkflowStep[] {
    const arn = this.knownArns.get(role);
    const region = Token.isUnresolved(stage.region) ? undefined : stage.region;
    const asked = [
      ...(arn === undefined ? [{ name: variables.role }] : []),
      ...(region === undefined ? [{ name: variables.region }] : []),
    ];
    return [
      ...requireValues(asked),
      {
        uses: 'aws-actions/configure-aws-credentials@v6',
        with: {
          'role-to-assume': arn ?? valueOf({ name: variables.role }),
          'role-session-name': `deliver-${stage.name}-\${{ github.run_id }}`,
          'role-duration-seconds': duration?.toSeconds(),
          'aws-region': region ?? valueOf({ name: variables.region }),
        },
      },
    ];
  }

  private header(): string[] {
    const { plan } = this;
    return workflowHeader(plan.repository, [
      `- Deploy the stack of the delivery pipeline${this.stageSaid()}, and copy this file from cdk.out/${plan.workflowFile} to .github/workflows.`,
      ...plan.stages.flatMap((stage) => [
        `${environmentToMake(plan.repository, stage)}.`,
        ...this.variables(stage).map((name) => `    ${name}`),
      ]),
    ]);
  }

  /** Later deployments keep the value; a stage that gets another name is said anew. */
  private stageSaid(): string {
    return this.stageParameter === undefined
      ? ''
      : ` in every stage's account, the first time with ${this.saying('<stage>')}`;
  }

  private variables(stage: PlannedStage): string[] {
    const unknownRole = !this.knownArns.has(this.deployRoles[stage.name]);
    const variables: string[] = [];
    const unknownRegion = Token.isUnresolved(stage.region);
    if (unknownRole) {
      variables.push(`Its variable ${DEPLOY_ROLE} is the stack's output about delivering to ${stage.name}.`);
    }
    if (unknownRegion) {
      variables.push(
        `Its variable ${REGION} is the region${stage.approval ? `, and so is the repository's variable ${ofStage(stage.name, REGION)}.` : '.'}`,
      );
    }
    if (unknownRole && stage.approval) {
      variables.push(
        `The repository's variable ${ofStage(stage.name, DIFF_ROLE)} is the output about comparing with ${stage.name}.`,
      );
    }
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

/** @see https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws */
const ISSUER = 'token.actions.githubusercontent.com';
const ISSUER_URL = `https://${ISSUER}`;
const AUDIENCE = 'sts.amazonaws.com';
const ASSEMBLY = 'cdk.out';
/** Variables of GitHub's environments. */
const DEPLOY_ROLE = 'AWS_DEPLOY_ROLE_ARN';
const DIFF_ROLE = 'DIFF_ROLE_ARN';
const REGION = 'AWS_REGION';
/** As long as the job may run: the command line cannot log in anew while CloudFormation works. */
const DELIVERY = Duration.hours(2);
/** Value of the parameter in an account that nothing is delivered to by GitHub. */
const NO_STAGE = 'none';

import {
  ArnFormat, aws_codebuild as codebuild, aws_codepipeline as codepipeline, aws_iam as iam, aws_kms as kms, aws_logs as logs, aws_s3 as s3,
  Aws, Duration, RemovalPolicy, Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { deployCommand, DeliveryPlan, diffCommand, grantDeploy, grantDiff, PlannedStage } from './plan';
import { CodePipelineOptions } from '../../delivery-engine-props';
import { acknowledge, acknowledgeInlinePolicy, acknowledgeWildcards, skipInCheckov } from '../base/acknowledge';
import { ofThisAccount } from '../base/confused-deputy';
import { afterPolicies } from '../base/ordering';
import { grantObjects, ObjectAccess } from '../data/bucket-access';

/** The pipeline, its projects and their roles. */
export class CodePipelineDelivery {
  public readonly pipeline: codepipeline.CfnPipeline;
  public readonly deployRoles: { [stage: string]: iam.IRole } = {};
  private readonly key: kms.IKey;
  private readonly bucket: s3.Bucket;
  private readonly role: iam.Role;
  private readonly projects: codebuild.CfnProject[] = [];

  public constructor(private readonly scope: Construct, private readonly plan: DeliveryPlan, private readonly options: CodePipelineOptions) {
    this.key = options.encryptionKey ?? new kms.Key(scope, 'Key', { description: `Artifacts of ${scope.node.path}`, enableKeyRotation: true });
    this.allowLogs();
    this.bucket = this.newBucket();
    this.role = new iam.Role(scope, 'Role', { assumedBy: ofThisAccount(scope, 'codepipeline.amazonaws.com') });
    acknowledgeInlinePolicy(this.role);

    const stages = [this.sourceStage(), this.buildStage(), ...plan.stages.map((stage) => this.deliveryStage(stage))];
    this.grantPipeline();
    this.pipeline = new codepipeline.CfnPipeline(scope, 'Pipeline', {
      pipelineType: 'V2',
      executionMode: 'QUEUED',
      roleArn: this.role.roleArn,
      artifactStore: { type: 'S3', location: this.bucket.bucketName, encryptionKey: { type: 'KMS', id: this.key.keyArn } },
      stages,
    });
    afterPolicies(this.pipeline, this.role);
  }

  private sourceStage(): codepipeline.CfnPipeline.StageDeclarationProperty {
    const { repository } = this.plan;
    return stageOf('Source', [{
      name: 'GitHub',
      actionTypeId: { category: 'Source', owner: 'AWS', provider: 'CodeStarSourceConnection', version: '1' },
      configuration: {
        ConnectionArn: this.options.connectionArn, FullRepositoryId: repository.name, BranchName: repository.branch, DetectChanges: 'true',
      },
      outputArtifacts: [{ name: SOURCE }],
      runOrder: 1,
    }]);
  }

  private buildStage(): codepipeline.CfnPipeline.StageDeclarationProperty {
    const { plan } = this;
    const project = this.newProject('Build', this.newRole('Build', 'Tests and synthesizes; may not touch any environment', ['read', 'write']), {
      commands: [plan.test, `${plan.cdk} synth --quiet`],
      artifacts: { 'base-directory': inFolder(plan.workingDirectory, 'cdk.out'), 'files': ['**/*'] },
    });
    return stageOf('Build', [buildAction('Build', project, 1, [SOURCE], [ASSEMBLY])]);
  }

  private deliveryStage(stage: PlannedStage): codepipeline.CfnPipeline.StageDeclarationProperty {
    const { plan } = this;
    const assembly = `"$CODEBUILD_SRC_DIR_${ASSEMBLY}"`;
    const deployer = this.newRole(`Deploy-${stage.name}`, `Delivers to ${stage.name}`);
    grantDeploy(deployer, plan, stage);
    this.deployRoles[stage.name] = deployer;
    const deploy = this.newProject(`Deploy-${stage.name}`, deployer, {
      commands: [diffCommand(plan, stage, assembly), deployCommand(plan, stage, assembly)],
      privileged: this.options.buildsImages,
    });
    const inputs = [SOURCE, ASSEMBLY];
    if (!stage.approval) return stageOf(stage.name, [buildAction('Deploy', deploy, 1, inputs)]);

    const reader = this.newRole(`Diff-${stage.name}`, `Compares with ${stage.name}`);
    grantDiff(reader, plan, stage);
    const diff = this.newProject(`Diff-${stage.name}`, reader, { commands: [diffCommand(plan, stage, assembly)] });
    const approve: codepipeline.CfnPipeline.ActionDeclarationProperty = {
      name: 'Approve',
      actionTypeId: { category: 'Approval', owner: 'AWS', provider: 'Manual', version: '1' },
      configuration: {
        CustomData: `The log of the action before says what would change in ${stage.name}.`,
        ...(this.options.approvalTopic && { NotificationArn: this.options.approvalTopic.topicArn }),
      },
      runOrder: 2,
    };
    return stageOf(stage.name, [buildAction('Diff', diff, 1, inputs), approve, buildAction('Deploy', deploy, 3, inputs)]);
  }

  /** Who deploys or compares gets what was built, and cannot change it for those that come after. */
  private newRole(id: string, description: string, may: ObjectAccess['may'] = ['read']): iam.Role {
    const role = new iam.Role(this.scope, `${id}-Role`, {
      description,
      assumedBy: ofThisAccount(this.scope, 'codebuild.amazonaws.com'),
    });
    acknowledgeInlinePolicy(role);
    grantObjects(role, { bucket: this.bucket, encryptionKey: this.key, may });
    return role;
  }

  private newProject(id: string, role: iam.Role, what: { commands: string[]; artifacts?: object; privileged?: boolean }): codebuild.CfnProject {
    const { plan } = this;
    const logGroup = new logs.LogGroup(this.scope, `${id}-Log`, {
      encryptionKey: this.key, retention: logs.RetentionDays.ONE_YEAR, removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const writing = new iam.PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] });
    role.addToPolicy(writing);
    acknowledgeWildcards(role, 'the ARN of a log group ends in an asterisk for its streams, which get their names from CodeBuild', writing);
    const folder = plan.workingDirectory === '.' ? [] : [`cd ${plan.workingDirectory}`];
    const project = new codebuild.CfnProject(this.scope, id, {
      description: `${id} of ${plan.repository.name}`,
      serviceRole: role.roleArn,
      encryptionKey: this.key.keyArn,
      artifacts: { type: 'CODEPIPELINE' },
      source: {
        type: 'CODEPIPELINE',
        buildSpec: JSON.stringify({
          version: '0.2',
          phases: {
            install: { 'runtime-versions': { nodejs: plan.nodeVersion }, 'commands': [...folder, plan.install] },
            build: { commands: what.commands },
          },
          artifacts: what.artifacts,
        }, undefined, 2),
      },
      environment: {
        type: 'LINUX_CONTAINER',
        // https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html
        image: 'aws/codebuild/amazonlinux-x86_64-standard:5.0',
        computeType: 'BUILD_GENERAL1_MEDIUM',
        privilegedMode: what.privileged ?? false,
      },
      logsConfig: { cloudWatchLogs: { status: 'ENABLED', groupName: logGroup.logGroupName } },
      timeoutInMinutes: 120,
    });
    afterPolicies(project, role);
    if (what.privileged) {
      acknowledge(project, { id: 'AwsSolutions-CB3', reason: 'building container images needs a Docker daemon, which only runs privileged' });
    }
    this.projects.push(project);
    return project;
  }

  private newBucket(): s3.Bucket {
    const bucket = new s3.Bucket(this.scope, 'Artifacts', {
      versioned: true,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      lifecycleRules: [{
        id: 'Retention',
        expiration: Duration.days(90),
        noncurrentVersionExpiration: Duration.days(30),
        abortIncompleteMultipartUploadAfter: Duration.days(7),
      }],
    });
    const passing = 'sources and templates on their way between two actions: they expire, are made again from a commit, and CodePipeline records who ran what';
    acknowledge(bucket,
      { id: 'AwsSolutions-S1', reason: passing },
      { id: 'NIST.800.53.R5-S3BucketLoggingEnabled', reason: passing },
      { id: 'NIST.800.53.R5-S3BucketReplicationEnabled', reason: passing });
    skipInCheckov(bucket, passing, 'CKV_AWS_18');
    return bucket;
  }

  private grantPipeline(): void {
    grantObjects(this.role, { bucket: this.bucket, encryptionKey: this.key, may: ['read', 'write'] });
    this.role.addToPolicy(new iam.PolicyStatement({ actions: ['s3:GetBucketVersioning'], resources: [this.bucket.bucketArn] }));
    // A connection names an ACL with the sources that it uploads, and its action fails without:
    // https://github.com/aws/aws-cdk/issues/13557
    const uploading = new iam.PolicyStatement({ actions: ['s3:PutObjectAcl'], resources: [this.bucket.arnForObjects('*')] });
    this.role.addToPolicy(uploading);
    acknowledgeWildcards(this.role, 'CodePipeline names the objects of each run', uploading);
    this.role.addToPolicy(new iam.PolicyStatement({
      actions: ['codebuild:StartBuild', 'codebuild:BatchGetBuilds'], resources: this.projects.map((project) => project.attrArn),
    }));
    this.role.addToPolicy(new iam.PolicyStatement({
      // Connections have had two names; the ARN of older ones, and the action that is checked for them, is the first.
      actions: ['codestar-connections:UseConnection', 'codeconnections:UseConnection'], resources: [this.options.connectionArn],
    }));
    this.options.approvalTopic?.grantPublish(this.role);
  }

  private allowLogs(): void {
    const stack = Stack.of(this.scope);
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    this.key.addToResourcePolicy(new iam.PolicyStatement({
      sid: 'DeliveryLogs',
      principals: [new iam.ServicePrincipal(`logs.${stack.region}.${Aws.URL_SUFFIX}`)],
      actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
      resources: ['*'],
      conditions: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': stack.formatArn({
            service: 'logs', resource: 'log-group', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        },
      },
    }));
  }
}

function stageOf(name: string, actions: codepipeline.CfnPipeline.ActionDeclarationProperty[]): codepipeline.CfnPipeline.StageDeclarationProperty {
  return { name, actions };
}

function buildAction(
  name: string, project: codebuild.CfnProject, runOrder: number, inputs: string[], outputs: string[] = [],
): codepipeline.CfnPipeline.ActionDeclarationProperty {
  return {
    name,
    actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' },
    configuration: { ProjectName: project.ref, ...(inputs.length > 1 && { PrimarySource: inputs[0] }) },
    inputArtifacts: inputs.map((input) => ({ name: input })),
    outputArtifacts: outputs.map((output) => ({ name: output })),
    runOrder,
  };
}

function inFolder(folder: string, path: string): string {
  return folder === '.' ? path : `${folder}/${path}`;
}

const SOURCE = 'Source';
const ASSEMBLY = 'Assembly';

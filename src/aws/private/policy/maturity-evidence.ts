import { ComplianceRow } from './compliance';
import { listed } from './iam-statements';
import { Landscape, ResourceView } from './resource-view';
import { requestsOf, SageMakerRequest } from './sagemaker-requests';
import { gradeBy, having, keeping, MaturityGrade, ProofIn, recording } from '../../../core/private/maturity-grade';

export type { MaturityGrade } from '../../../core/private/maturity-grade';

type Proof = ProofIn<Landscape>;

/** The grade of everything below the landscapes together. */
export function gradeOf(landscapes: readonly Landscape[], rows: readonly ComplianceRow[]): MaturityGrade {
  return gradeBy(PROOFS, landscapes, rows);
}

/** What proves each practice in a template; a test compares the names with the model. */
export const PROOFS: Readonly<Record<string, Proof>> = {
  'data versioning and lineage': keeping('MLOPS-DAT-01'),
  'code and configuration versioning': (around) =>
    around.ofType('AWS::S3::Bucket', 'AWS::SageMaker::ModelPackageGroup'),
  'experiment tracking': recording({
    trainings: registering,
    records: (training) => mentions(training.properties, /MLFLOW_TRACKING_URI/) || calls(training).some(({ api, request }) =>
      api === 'CreateModelPackage' && request.CustomerMetadataProperties?.mlflowRun !== undefined),
    trackers: (around) => around.ofType('AWS::SageMaker::MlflowApp', 'AWS::SageMaker::MlflowTrackingServer'),
  }),
  'reproducible environments': (around, rows) => {
    const moving = rows.some((row) => row.policy === 'MLOPS-REP-01' && row.verdict === 'violation');
    return moving
      ? []
      : around.ofType(
        'AWS::SageMaker::ModelPackageGroup',
        'AWS::SageMaker::MlflowApp',
        'AWS::SageMaker::MlflowTrackingServer',
      );
  },
  'encryption and access control': keeping('MLOPS-ENC-01', 'MLOPS-NET-01', 'MLOPS-IAM-01', 'MLOPS-IAM-02'),
  'cost control': (around) => [
    ...around.ofType('AWS::Budgets::Budget'),
    ...around
      .ofType('AWS::SageMaker::Domain')
      .filter(({ properties }) => mentions(properties.DefaultUserSettings, /"LifecycleManagement":"ENABLED"/)),
  ],
  'feature store': having('AWS::SageMaker::FeatureGroup'),
  'automated training pipeline': registering,
  'continuous training': (around) =>
    triggers(around).filter((each) => each.type === 'AWS::Scheduler::Schedule' || eventSource(each) === 'aws.s3'),
  'model registry with versions and approval': having('AWS::SageMaker::ModelPackageGroup'),
  'automated deployment of approved models': calling(
    ({ api, where }) => (api === 'UpdateEndpoint' && where !== '') || api === 'UpdateInferenceComponent',
  ),
  'scaling with load': (around) => [
    ...around.ofType('AWS::ApplicationAutoScaling::ScalableTarget'),
    ...around
      .ofType('AWS::StepFunctions::StateMachine')
      .filter(({ properties }) => mentions(properties, /applicationautoscaling:registerScalableTarget/)),
  ],
  'monitoring': having('AWS::CloudWatch::Dashboard'),
  'drift detection': (around) =>
    around
      .ofType('AWS::StepFunctions::StateMachine')
      .filter((each) => calls(each).some(({ api }) => api === 'CreateProcessingJob')),
  'automated tests': calling(({ api, gated }) => api === 'CreateModelPackage' && gated),
  'CI/CD of pipelines and infrastructure': having('AWS::CodePipeline::Pipeline', 'AWS::IAM::OIDCProvider'),
  'progressive delivery': calling(({ request }) => {
    const { BlueGreenUpdatePolicy: blueGreen, RollingUpdatePolicy: rolling } = request.DeploymentConfig ?? {};
    const routing = blueGreen?.TrafficRoutingConfiguration?.Type;
    return (
      rolling !== undefined ||
      (routing !== undefined && routing !== 'ALL_AT_ONCE') ||
      listed(request.ShadowProductionVariants).length > 0
    );
  }),
  'rollback': calling(({ request }) => listed(request.DeploymentConfig?.AutoRollbackConfiguration?.Alarms).length > 0),
  'retraining on drift': (around) => [
    ...around
      .ofType('AWS::StepFunctions::StateMachine')
      .filter((each) =>
        ['StartPipelineExecution', 'CreateProcessingJob'].every((wanted) =>
          calls(each).some(({ api }) => api === wanted),
        ),
      ),
    ...triggers(around).filter((each) => eventSource(each) === 'aws.cloudwatch'),
  ],
  'model quality with ground truth': (around) =>
    around
      .ofType('AWS::StepFunctions::StateMachine')
      .filter((each) => mentions(each.properties, /ml\/processing\/labels/)),
  'feedback loop': calling(({ request }) => request.DataCaptureConfig?.EnableCapture === true),
  'governance': (around) =>
    around.has('AWS::CloudTrail::Trail') && around.has('AWS::SageMaker::ModelCard')
      ? around.ofType('AWS::CloudTrail::Trail', 'AWS::SageMaker::ModelCard')
      : [],
  'collaboration': having('AWS::SageMaker::UserProfile'),
};

function calling(wanted: (call: SageMakerRequest) => boolean): Proof {
  return (around) => around.resources.filter((resource) => calls(resource).some(wanted));
}

/** What trains and registers versions; a version of the template is none. */
function registering(around: Landscape): ResourceView[] {
  return around
    .ofType('AWS::SageMaker::Pipeline', 'AWS::StepFunctions::StateMachine')
    .filter((each) => calls(each).some(({ api }) => api === 'CreateModelPackage'));
}

function calls(resource: ResourceView): SageMakerRequest[] {
  return requestsOf(resource) ?? [];
}

/** What starts a pipeline by itself. */
function triggers(around: Landscape): ResourceView[] {
  return [
    ...around
      .ofType('AWS::Scheduler::Schedule')
      .filter(({ properties }) => properties.Target?.SageMakerPipelineParameters !== undefined),
    ...around
      .ofType('AWS::Events::Rule')
      .filter(
        (rule) =>
          listed(rule.properties.Targets).some((each: any) => each.SageMakerPipelineParameters !== undefined) ||
          (eventSource(rule) === 'aws.s3' &&
            around.ofType('AWS::StepFunctions::StateMachine').some((machine) => startsTraining(machine))),
      ),
  ];
}

function startsTraining(machine: ResourceView): boolean {
  return calls(machine).some(({ api }) => api === 'StartPipelineExecution');
}

function eventSource({ properties }: ResourceView): unknown {
  return listed(properties.EventPattern?.source)[0];
}

function mentions(value: unknown, what: RegExp): boolean {
  return what.test(JSON.stringify(value) ?? '');
}

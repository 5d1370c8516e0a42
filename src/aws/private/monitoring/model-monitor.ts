import { createHash } from 'crypto';
import { aws_kms as kms, aws_s3 as s3, aws_sagemaker as sagemaker, Stack } from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { ContainerImage } from '../../../core/container-image';
import { parseCron } from '../../../core/private/cron';
import { requireObjectFolder } from '../../../core/private/object-keys';
import { refuse, requireInteger, Speaker } from '../../../core/private/validation';
import { Schedule } from '../../../core/schedule';
import { ModelMonitorLegacyOptions } from '../../model-monitor-legacy-props';
import { requireInstanceType } from '../base/fields';
import { resolveImage } from '../base/image';
import { hasLocalNvme } from '../base/machines';
import { stableName } from '../base/names';
import { afterPolicies } from '../base/ordering';
import { newProcessingRole } from '../base/processing-role';
import { grantObjects } from '../data/bucket-access';
import { shieldFromTags } from '../data/tag-shield';
import { captureFolder } from '../serving/capture';

/** Where it works. */
export interface ModelMonitorPlace {
  readonly endpointName: string;
  readonly captureBucket: s3.IBucket;
  readonly capturePrefix: string;
  /** Holds the baseline and the reports. */
  readonly artifactBucket: s3.IBucket;
  readonly encryptionKey: kms.IKey;
  /** The endpoint itself, where the template makes it. */
  readonly endpoint?: IConstruct;
}

/**
 * A data-quality job definition and the schedule that runs it.
 *
 * Nothing of a definition can be changed, and the schedule must name the new one in the same deployment: so the name
 * carries a hash of the content, and the old one goes when the new one is in use.
 *
 * Children of `scope`: `Role`, `Definition`, `Schedule`.
 */
export function newModelMonitor(
  scope: Construct,
  who: Speaker,
  options: ModelMonitorLegacyOptions,
  place: ModelMonitorPlace,
): void {
  const scheduleExpression = monitorExpression(who, options.schedule ?? Schedule.daily());
  requireObjectFolder(who, 'legacyModelMonitor.baselinePrefix', options.baselinePrefix, 'evaluation/baseline/');
  requireInstanceType(who, 'legacyModelMonitor.instanceType', options.instanceType, 'processing');
  requireInteger(
    who,
    'legacyModelMonitor.maxRuntimeMinutes',
    options.maxRuntimeMinutes,
    1,
    scheduleExpression === HOURLY ? 60 : 1440,
  );
  const instanceType = options.instanceType ?? 'ml.m5.large';
  const { encryptionKey, artifactBucket } = place;
  const baseline = (name: string) => artifactBucket.s3UrlForObject(`${options.baselinePrefix}${name}`);
  const reportPrefix = `drift/${stableName(scope, undefined, 60)}`;
  const image = resolveImage(scope, 'Image', ContainerImage.fromUri(options.imageUri));
  const role = newProcessingRole(scope, 'Role', { encryptionKey, image });
  const captured = `${captureFolder(place.capturePrefix, place.endpointName)}/`;
  grantObjects(role, { bucket: place.captureBucket, encryptionKey, prefix: captured, may: ['read'] });
  grantObjects(role, { bucket: artifactBucket, encryptionKey, prefix: options.baselinePrefix, may: ['read'] });
  grantObjects(role, { bucket: artifactBucket, encryptionKey, prefix: `${reportPrefix}/`, may: ['write'] });

  const content: sagemaker.CfnDataQualityJobDefinitionProps = {
    dataQualityAppSpecification: { imageUri: options.imageUri },
    dataQualityBaselineConfig: {
      constraintsResource: { s3Uri: baseline('constraints.json') },
      statisticsResource: { s3Uri: baseline('statistics.json') },
    },
    dataQualityJobInput: {
      endpointInput: { endpointName: place.endpointName, localPath: '/opt/ml/processing/endpointdata' },
    },
    dataQualityJobOutputConfig: {
      kmsKeyId: encryptionKey.keyArn,
      monitoringOutputs: [
        {
          s3Output: {
            s3Uri: artifactBucket.s3UrlForObject(reportPrefix),
            localPath: '/opt/ml/processing/results',
            s3UploadMode: 'EndOfJob',
          },
        },
      ],
    },
    jobResources: {
      clusterConfig: {
        instanceCount: 1,
        instanceType,
        volumeSizeInGb: 30,
        volumeKmsKeyId: hasLocalNvme(instanceType) ? undefined : encryptionKey.keyArn,
      },
    },
    networkConfig: { enableInterContainerTrafficEncryption: true },
    roleArn: role.roleArn,
    stoppingCondition: { maxRuntimeInSeconds: (options.maxRuntimeMinutes ?? 50) * 60 },
  };
  const hash = createHash('sha256')
    .update(JSON.stringify(Stack.of(scope).resolve(content)))
    .digest('hex')
    .slice(0, 8);
  const jobDefinitionName = `${stableName(scope, undefined, 54)}-${hash}`;
  const definition = shieldFromTags(
    new sagemaker.CfnDataQualityJobDefinition(scope, 'Definition', { ...content, jobDefinitionName }),
  );
  afterPolicies(definition, role);

  const schedule = new sagemaker.CfnMonitoringSchedule(scope, 'Schedule', {
    monitoringScheduleName: stableName(scope, undefined, 63),
    monitoringScheduleConfig: {
      scheduleConfig: { scheduleExpression },
      monitoringType: 'DataQuality',
      monitoringJobDefinitionName: jobDefinitionName,
    },
  });
  schedule.addResourceDependency(definition);
  // SageMaker looks for the endpoint, and takes minutes to make it.
  if (place.endpoint !== undefined) schedule.node.addDependency(place.endpoint);
}

const HOURLY = 'cron(0 * ? * * *)';

/** @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-schedule-expression.html */
function monitorExpression(who: Speaker, schedule: Schedule): string {
  const cron = parseCron(schedule.expression);
  const [first, second] = cron.hour.values;
  const step = second === undefined ? 24 : second - first;
  const isComplete = first < step && cron.hour.values.length === Math.ceil((24 - first) / step);
  const isEven = isComplete && cron.hour.values.every((hour, index) => hour === first + index * step);
  const isOnTheHour = cron.minute.values.length === 1 && cron.minute.values[0] === 0;
  const isEveryDay = cron.dayOfMonth.every && cron.dayOfWeek.every && cron.month.every;
  if (schedule.timeZone !== 'UTC' || !isOnTheHour || !isEven || !isEveryDay) {
    refuse(who, 'legacyModelMonitor.schedule', `${schedule.expression} ${schedule.timeZone}`,
      'hourly, daily or every so many hours, at minute 0 in UTC: Model Monitor knows no other times');
  }
  if (step === 1) return HOURLY;
  return step === 24 ? `cron(0 ${first} ? * * *)` : `cron(0 ${first}/${step} ? * * *)`;
}

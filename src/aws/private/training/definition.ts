import { keepsCheckpoints } from './checks';
import { Machines } from './machines';
import { Parameter, Step } from './pipeline-language';
import {
  datasetOf,
  evaluateStep,
  gateStep,
  JobSetting,
  PARAMETER,
  prepareStep,
  ProcessingSetting,
  recordStep,
  registerStep,
  trainStep,
} from './steps';
import { ResolvedTraining } from '../../../core/private/resolve/training';
import { Speaker } from '../../../core/private/validation';
import { TrainingPipelineProps } from '../../training-pipeline-props';
import { hasLocalNvme, instanceTypeFor } from '../base/machines';

/** The props, with every neutral choice made. */
export type TrainingSettings = TrainingPipelineProps & ResolvedTraining;

const TYPES = ['application/json', 'text/csv'];

/** What a run may override. */
export function trainingParameters(props: TrainingSettings, machines: Machines): Parameter[] {
  const text = (Name: string, DefaultValue: string): Parameter => ({ Name, Type: 'String', DefaultValue });
  const prefix = props.datasetPrefix.replace(/\/$/, '');
  return [
    text(PARAMETER.DATASET, props.data.rawBucket.s3UrlForObject(prefix)),
    {
      ...text(PARAMETER.INSTANCE_TYPE, machines.instanceType),
      EnumValues: machines.alternatives.length === 0 ? undefined : machines.alternatives,
    },
    { Name: PARAMETER.INSTANCE_COUNT, Type: 'Integer', DefaultValue: machines.instanceCount },
    text(PARAMETER.TRIGGERED_BY, 'hand'),
    ...Object.entries(props.hyperparameters).map(([name, value]) => text(name, value)),
  ];
}

/**
 * Prepare (if asked for), train, evaluate, record (where there is a tracker), and register, behind a gate where there
 * are any.
 */
export function trainingSteps(who: Speaker, props: TrainingSettings, machines: Machines, job: JobSetting): Step[] {
  const keyArn = job.keyArn;
  const type = props.processingInstanceType ?? instanceTypeFor(who, undefined, 'processing');
  const processing: ProcessingSetting = {
    instanceType: type,
    volumeGiB: props.processingVolumeGiB ?? 30,
    volumeKeyArn: hasLocalNvme(type) ? undefined : keyArn,
    maxRuntimeSeconds: Math.round(props.maxProcessingHours * 3600),
  };
  const dataset = datasetOf(props.prepare);
  const train = trainStep(
    job,
    {
      ...machines,
      volumeKeyArn: machines.localNvme ? undefined : keyArn,
      inputMode: props.inputMode ?? 'File',
      fileSystem: props.lustreInput && {
        fileSystemId: props.lustreInput.fileSystem.fileSystemId,
        directoryPath: props.lustreInput.directoryPath,
      },
      validationChannel: props.validationChannel ?? false,
      checkpoints: keepsCheckpoints(props),
      hyperparameters: Object.keys(props.hyperparameters),
      metricDefinitions: props.metricDefinitions ?? {},
    },
    dataset,
  );
  const register = registerStep(job, {
    groupName: props.registry.modelPackageGroupName,
    approved: props.registry.isApprovalAutomatic,
    contentTypes: props.contentTypes ?? TYPES,
    responseTypes: props.responseTypes ?? TYPES,
  });
  const gates = props.qualityGates;
  const record = job.recorder === undefined ? [] : [recordStep(job.recorder, gates, dataset)];
  return [
    ...(props.prepare ? [prepareStep(job, processing)] : []),
    train,
    evaluateStep(job, processing, dataset),
    ...record,
    gates.length === 0 ? register : gateStep(gates, register, record.map(({ Name }) => Name)),
  ];
}

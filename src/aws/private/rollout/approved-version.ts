import { pollSeconds, TIME_LEFT } from './polling';
import { refreshes, RolloutSpec } from './spec';
import { ApiFields } from '../base/api-fields';
import { digestPart, runName, versionPart } from '../base/run-names';
import {
  call,
  choose,
  jsonata,
  literal,
  MISSING,
  MORE_PAGES,
  nextPageOf,
  remember,
  sdkCall,
  State,
  UNSURE,
  wait,
} from '../base/state-language';
import { findNewest } from '../serving/newest-version';

/** Which version, and may it be rolled out? */
export function versionStates(spec: RolloutSpec, maxMinutes: number): Record<string, State> {
  const named = '$exists($states.input.detail.ModelPackageArn) ? $states.input.detail.ModelPackageArn'
    + " : $exists($states.input.modelPackageArn) ? $states.input.modelPackageArn : ''";
  const name = runName(spec.namePrefix, [
    versionPart(VERSION),
    digestPart("$packageArn & $string($settings) & ($byHand ? $states.context.Execution.Id : '')"),
  ]);
  return {
    ReadInput: remember(
      {
        packageArn: jsonata(named),
        byHand: jsonata('$not($exists($states.input.detail))'),
        refreshing: jsonata('$exists($states.input.detail) and $not($exists($states.input.detail.ModelPackageArn))'),
        early: jsonata(`$lookup($states.input.detail, 'status-details').status = '${CLEANING_UP}' ? true : false`),
        promote: said('promote'),
        ignoreAlarms: said('ignoreAlarms'),
        deadline: jsonata(`$toMillis($states.context.Execution.StartTime) + ${maxMinutes * 60_000}`),
        settings: settingsOf(spec),
        endpointName: spec.endpointName,
        version: 0,
        approval: '',
        modelName: '',
        configName: '',
        ahead: 0,
        live: { status: 'Unknown', serves: '', pending: '', reason: '', replicas: 0 },
        champion: NOBODY,
        arns: [],
        inUse: [],
        previous: '',
        scalable: { dimension: '' },
        made: false,
        requested: false,
        descaled: false,
        resized: false,
        returning: false,
        outcome: 'live',
        note: '',
        failure: { Error: '', Cause: '' },
        trouble: { Error: '', Cause: '' },
      },
      'IsVersionNamed',
    ),
    IsVersionNamed: choose(
      [
        ["$packageArn != ''", 'IsVersionNumbered'],
        ...(refreshes(spec) ? [['$not($byHand)', 'LookAtLive'] as const] : []),
      ],
      'FindNewestApproved',
    ),
    ...findNewest('FindNewestApproved', spec, {
      variable: 'packageArn',
      value: (version) => `${version}.ModelPackageArn`,
      none: "''",
      next: 'IsAnyApproved',
      failed: 'IsListOpen',
    }),
    IsListOpen: choose([[`(${UNSURE}) and ${TIME_LEFT}`, 'WaitForList']], 'StartFailing'),
    WaitForList: wait(pollSeconds(spec), 'FindNewestApproved'),
    IsAnyApproved: choose(
      [
        ["$packageArn != ''", 'IsVersionNumbered'],
        [MORE_PAGES, nextPageOf('FindNewestApproved')],
        ['$refreshing', 'NothingServes'],
      ],
      'NothingApproved',
    ),
    NothingServes: remember(
      {
        failure: {
          Error: 'NothingServes',
          Cause: 'nothing serves yet: the first approval brings what the template says',
        },
      },
      'LeaveToOther',
    ),
    NothingApproved: remember(
      {
        failure: { Error: 'NothingApproved', Cause: 'the model package group has no approved version' },
      },
      'StartFailing',
    ),
    IsVersionNumbered: choose([[`$contains($packageArn, ${NUMBERED})`, 'NameVersion']], 'NoVersion'),
    NoVersion: remember(
      {
        failure: {
          Error: 'NoVersion',
          Cause: jsonata("$packageArn & ' is no version of a model package group: the ARN of one ends in its number'"),
        },
      },
      'StartFailing',
    ),
    NameVersion: remember({ version: jsonata(VERSION), modelName: name, configName: name }, 'LookAtTarget'),
  };
}

/**
 * The status of a stack that has been updated and now deletes what the update has replaced. An endpoint that takes the
 * place of another is brought then, because the other waits for it.
 */
export const CLEANING_UP = 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS';

/** What a live variant is while nothing is known of it. */
export const NOBODY = { modelName: '', instanceType: '', variants: 0, mode: '', models: [] };

const NUMBERED = '/\\/[0-9]+$/';
const VERSION = '$number($match($packageArn, /[0-9]+$/).match)';

/** Whether who started the run said so. */
function said(word: string): string {
  return jsonata(`$exists($states.input.${word}) ? $states.input.${word} = true : false`);
}

/**
 * The approval as it is now: read each time before the endpoint is touched, for a person may take it back while a
 * rollout waits.
 */
export function approvalStates(spec: RolloutSpec, approved: string): Record<string, State> {
  return {
    ReadApproval: call(
      sdkCall('sagemaker', 'describeModelPackage'),
      { ModelPackageName: jsonata('$packageArn') },
      {
        next: 'IsApproved',
        failed: 'IsPackageGone',
        assign: { approval: approvalOf(spec) },
      },
    ),
    IsPackageGone: choose(
      [
        [`$contains($failure.Cause, ${MISSING})`, 'PackageGone'],
        [UNSURE, 'IsTimeLeft'],
      ],
      'StartFailing',
    ),
    PackageGone: remember(
      {
        failure: {
          Error: 'PackageGone',
          Cause: jsonata(
            "'version ' & $string($version) & ' is no longer in the registry, so that no model can be made of it' & " +
              keeps(''),
          ),
        },
      },
      'StartFailing',
    ),
    IsApproved: choose([["$approval = 'Approved'", approved]], 'NotApproved'),
    NotApproved: remember(
      {
        failure: {
          Error: 'NotApproved',
          Cause: jsonata(
            `'version ' & $string($version) & ' is ' & $approval & ', and only approved versions are rolled out' & ${keeps('approve it again, or ')}`,
          ),
        },
      },
      'StartFailing',
    ),
  };
}

/** What an update of the stack leaves as it was, and what to do. */
function keeps(first: string): string {
  return (
    "($refreshing ? ': it is live and goes on serving with its earlier settings; to bring what the stack says now, " +
    `${first}approve another version' : '')`
  );
}

/** Where versions are promoted, a promotion that was taken back counts like an approval that was. */
export function approvalOf({ stage }: RolloutSpec): string {
  const approval =
    "$exists($states.result.ModelApprovalStatus) ? $states.result.ModelApprovalStatus : 'without approval'";
  if (stage === undefined) return jsonata(approval);
  const cycle = '$states.result.ModelLifeCycle';
  return jsonata(
    `( $approval := ${approval}; $isTakenBack := ${cycle}.Stage = ${literal(stage)} and ${cycle}.StageStatus != 'Approved'; ` +
      `$approval = 'Approved' and $isTakenBack ? ${cycle}.StageStatus & ${literal(` for ${stage}`)} : $approval )`,
  );
}

/** Everything that the names of a model and a config must change with. */
function settingsOf(spec: RolloutSpec): ApiFields {
  return {
    instanceType: spec.variant?.InstanceType ?? 'none',
    made: [
      spec.executionRoleArn,
      spec.environment ?? {},
      spec.networkIsolation ?? true,
      spec.vpcConfig ?? {},
      spec.variant ?? {},
      spec.asyncInferenceConfig ?? {},
      spec.dataCaptureConfig ?? {},
      spec.volumeKmsKeyArn ?? '',
      spec.challenger ?? {},
      spec.inferenceComponent?.specification ?? {},
    ],
  };
}

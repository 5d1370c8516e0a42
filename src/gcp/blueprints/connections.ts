import { Lazy } from 'cdktf';
import { Construct } from 'constructs';
import { BlueprintProps } from './blueprint-props';
import { given } from '../../core/private/level-defaults';
import { Speaker } from '../../core/private/validation';
import { warn } from '../../terraform/annotations';
import { IConnection } from '../connection-props';
import { IDataLake } from '../data-lake-props';
import { IFeatureStore } from '../feature-store-props';
import { Integrations } from '../integrations';
import { MonitoringStack } from '../monitoring-stack';
import { unreachedFromVertex } from '../private/base/connections';

/** The integrations of a product; undefined where it has none. Alerts on what they host notify as monitoring does. */
export function integrationsOf(
  blueprint: Construct & { readonly monitoring: MonitoringStack },
  { integrations: section, removalPolicy }: BlueprintProps,
  data: IDataLake,
  features?: IFeatureStore,
): Integrations | undefined {
  if (section === undefined) return undefined;
  return new Integrations(blueprint, 'Integrations', {
    use: [],
    removalPolicy,
    ...given(section),
    data,
    features,
    notificationChannels: Lazy.listValue({ produce: () => blueprint.monitoring.notificationChannels }),
  });
}

/** Connections of each part of a product; undefined for none. */
export interface ConnectedParts {
  readonly notebooks?: IConnection[];
  readonly training?: IConnection[];
  /** Of the versions when they serve on Vertex AI. */
  readonly versions?: IConnection[];
  readonly serving?: IConnection[];
  readonly monitoring?: IConnection[];
}

/**
 * The parts that each system is connected to. Containers of Vertex AI run in Google's network: a system that the stack
 * hosts in the project's own is not connected to them, and a warning says so.
 */
export function connectedParts(
  blueprint: Construct,
  who: Speaker,
  { training, serving }: BlueprintProps,
  integrations: Integrations | undefined,
): ConnectedParts {
  if (integrations === undefined) return {};
  const { connections } = integrations;
  const isServerless = serving?.serving?.mode === 'serverless';
  const reached = (unreached: readonly IConnection[]) => connections.filter((each) => !unreached.includes(each));
  const fromVertex = unreachedFromVertex(connections);
  const fromTraining = unreachedFromVertex(connections, training?.networkAttachment);
  for (const each of fromVertex) {
    const parts = [
      ...(fromTraining.includes(each) ? ['training'] : []), ...(isServerless ? [] : ['serving']), 'drift runs',
    ];
    warn(blueprint, `${who.what} '${who.name}': ${each.id} answers in the networks of the project alone: ${parts.join(', ')} on Vertex AI are not connected to it`);
  }
  return {
    notebooks: connections,
    training: reached(fromTraining),
    versions: isServerless ? undefined : reached(fromVertex),
    serving: isServerless ? connections : reached(fromVertex),
    monitoring: reached(fromVertex),
  };
}

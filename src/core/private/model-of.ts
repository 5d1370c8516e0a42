import { askingFor } from './resolve/retraining';
import { Token } from './tokens';
import { refuseBecause, Speaker } from './validation';
import { MonitoringIntent } from '../monitoring-stack';

/** The model that a construct is about. */
export interface ModelOf {
  /** Its name, as a registry has it; undefined where the stack names files, which no registry knows. */
  readonly model?: string;
  /** Where its versions are served, on a cloud where that is a choice. */
  readonly place?: string;
}

const MODELS = new WeakMap<object, ModelOf>();

/** Remembers the model whose versions a construct serves or trains; of an imported one nobody knows. */
export function rememberModel(construct: object, of: ModelOf): void {
  MODELS.set(construct, of);
}

/** What is known of a construct. */
export function modelOf(construct: object): ModelOf | undefined {
  return MODELS.get(construct);
}

/** A part of what drift runs look at. */
interface Part {
  readonly node: { readonly id: string };
}

/** What is monitored, with the model of the registry by its name. */
export interface MonitoredParts extends Pick<MonitoringIntent, 'drift' | 'modelQuality'> {
  readonly endpoint?: Part;
  readonly training?: Part;
  readonly registry?: Part & { readonly promotionStage?: string };
  readonly model?: string;
}

/**
 * Refuses a registry of another model than the one that is served, because drift runs would find no version in it, and
 * a pipeline that trains another one.
 *
 * @param sources the sources of a model that registries know
 */
export function requireOneModel(who: Speaker, parts: MonitoredParts, sources: string): void {
  const { endpoint, model, registry, training } = parts;
  const prop = (['drift', 'modelQuality'] as const).find((each) => parts[each] !== undefined);
  if (prop === undefined || registry === undefined) return;
  const served = endpoint && MODELS.get(endpoint);
  if (served !== undefined && served.model === undefined) {
    refuseBecause(
      who,
      `${prop} has nothing to compare with: '${endpoint!.node.id}' serves an artifact, and only registered versions know their training reference: use ${sources}`,
    );
  }
  if (areOther(model, served?.model)) {
    refuseBecause(
      who,
      `registry '${registry.node.id}' has the versions of ${model}, and '${endpoint!.node.id}' serves those of ${served!.model}: give the registry of these`,
    );
  }
  const trained = training && askingFor(parts).length > 0 ? MODELS.get(training)?.model : undefined;
  // A stage has its versions from another registry, whose model may have another name.
  if (registry.promotionStage === undefined && areOther(model, trained)) {
    refuseBecause(
      who,
      `training '${training!.node.id}' trains ${trained}, and registry '${registry.node.id}' has the versions of ${model}: give the pipeline that trains these`,
    );
  }
}

function areOther(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined || Token.isUnresolved(one) || Token.isUnresolved(other)) return false;
  return one !== other;
}

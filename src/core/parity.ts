import { MlopsError } from './private/errors';
import { Answer } from './private/parity-answer';
import { AWS_ANSWERS } from './private/parity-aws';
import { AZURE_ANSWERS } from './private/parity-azure';
import { GCP_ANSWERS } from './private/parity-gcp';
import { refuseBecause, Speaker } from './private/validation';

/**
 * The clouds that the vocabulary is written for.
 *
 * @internal
 */
export enum Cloud {
  /** Amazon Web Services, as CloudFormation. */
  AWS = 'aws',
  /** Google Cloud, as Terraform. */
  GCP = 'gcp',
  /** Microsoft Azure, as Terraform. */
  AZURE = 'azure',
}

/**
 * Support of an intent prop by a cloud; every prop has one of the three.
 *
 * @internal
 */
export enum Support {
  /** The cloud has it. */
  NATIVE = 'native',
  /** The library builds it from resources of the cloud. */
  EMULATED = 'emulated',
  /** The cloud cannot: the prop is an error that says what to do instead. */
  REFUSED = 'refused',
}

/**
 * One cell of the parity table.
 *
 * @internal
 */
export interface ParityRow {
  /** Struct of the vocabulary that has the prop, `TrainingSpec`. */
  readonly intent: string;
  /** Name of the prop. */
  readonly prop: string;
  /** The cloud that is asked. */
  readonly cloud: Cloud;
  /** Support of the prop. */
  readonly support: Support;
  /** Resource and property that carry it, how it is emulated, or why it is refused and what to do instead. */
  readonly how: string;
}

/**
 * Support of every prop of the neutral vocabulary by each cloud: honoured or refused, never ignored. People read it in
 * docs/parity.md.
 *
 * @internal
 */
export class Parity {
  /** The table. */
  public static readonly ROWS: ParityRow[] = [
    ...rows(Cloud.AWS, AWS_ANSWERS),
    ...rows(Cloud.GCP, GCP_ANSWERS),
    ...rows(Cloud.AZURE, AZURE_ANSWERS),
  ];

  /** The answer of one cloud to one prop; an error where the table has a hole. */
  public static find(intent: string, prop: string, cloud: Cloud): ParityRow {
    const row = Parity.ROWS.find((each) => each.intent === intent && each.prop === prop && each.cloud === cloud);
    if (row === undefined) throw new MlopsError('Invalid parity', `parity: no row for ${intent}.${prop} on ${cloud}`);
    return row;
  }

  /**
   * Refuses what the cloud cannot do among the props that were given.
   *
   * @internal
   */
  public static _refuse(who: Speaker, intent: string, cloud: Cloud, given: object): void {
    for (const row of Parity.ROWS) {
      if (row.intent !== intent || row.cloud !== cloud || row.support !== Support.REFUSED) continue;
      if ((given as Record<string, unknown>)[row.prop] !== undefined) {
        refuseBecause(who, `${row.prop} is refused on ${cloud}: ${row.how}`);
      }
    }
  }

  private constructor() {}
}

function rows(cloud: Cloud, answers: readonly Answer[]): ParityRow[] {
  return answers.map(({ intent, prop, support, how }) => ({ intent, prop, cloud, support: support as Support, how }));
}

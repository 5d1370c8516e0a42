import { TerraformElement } from 'cdktf';
import { IConstruct } from 'constructs';
import { literal } from './text';
import { refuseBecause, speakerFor } from '../core/private/validation';

/**
 * Says why a finding on a construct is accepted: `acknowledge(bucket, 'CKV_GCP_62', 'it holds what …')`.
 *
 * Ids are those of `Policies` (`MLOPS-DAT-01`, or one fault of several: `MLOPS-IAM-02[Role::roles/storage.admin]`),
 * which count for everything below the construct and stand in the compliance report; and those of checkov, which belong
 * to one resource and are written into its comment in the Terraform JSON. The rules take a reason given to checkov for
 * one given to them where both ask for the same.
 */
export function acknowledge(on: IConstruct, id: string, reason: string): void {
  on.node.addMetadata(ACKNOWLEDGED, { [id]: reason });
  if (!id.startsWith('CKV')) return;
  if (!TerraformElement.isTerraformElement(on)) {
    refuseBecause(
      speakerFor('construct', on),
      `${id} is a finding on one resource: acknowledge it on the resource, not on what is around it`,
    );
  }
  (on as TerraformElement).addOverride(`//.checkov.${id}`, literal(reason));
}

/** Acknowledgments of one construct, ids and reasons. */
export function acknowledgedOn(node: IConstruct): [id: string, reason: string][] {
  return node.node.metadata
    .filter(({ type }) => type === ACKNOWLEDGED)
    .flatMap(({ data }) => Object.entries(data as Record<string, string>));
}

const ACKNOWLEDGED = 'mlops-constructs/acknowledged';

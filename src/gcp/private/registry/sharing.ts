import { createHash } from 'crypto';
import { Construct } from 'constructs';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';
import { grantObjects } from '../data/bucket-access';

/** Folder of the artifact bucket that versions are registered from, and promoted from. */
export const FILES_OF_VERSIONS = 'training/';

/**
 * Account id of the identity that brings versions to a stage. The training project names it before it can look it up,
 * so both make it of what both know; the hash keeps stages and models apart whose names begin alike.
 */
export function promoterId(modelName: string, stage: string): string {
  const hash = createHash('sha256').update(`${modelName}\n${stage}`).digest('hex').slice(0, 8);
  return `promote-${stage.toLowerCase().slice(0, 12).replace(/-+$/, '')}-${hash}`;
}

/** Lets the identity of a stage read the files of versions. */
export function grantFiles(scope: Construct, stage: string, bucket: string, { member }: IPrincipal): Grant {
  return new Grant([
    grantObjects(scope, `Files-${stage}`, { bucket, prefix: FILES_OF_VERSIONS, role: 'objectViewer', member }).fqn,
  ]);
}

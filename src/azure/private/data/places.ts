import { IDataLake } from '../../data-lake-props';

/** Containers of a lake by what they hold. */
export type LakePlace = 'raw' | 'artifacts' | 'captured' | 'features';

/** ARM id of a container of the lake. */
export function containerId(lake: IDataLake, place: LakePlace): string {
  const account = place === 'features' ? lake.featuresAccountId : lake.storeAccountId;
  return `${account}/blobServices/default/containers/${containerName(lake, place)}`;
}

/** Name of a container of the lake. */
export function containerName(lake: IDataLake, place: LakePlace): string {
  const names = {
    raw: lake.rawContainer,
    artifacts: lake.artifactContainer,
    captured: lake.capturedContainer,
    features: lake.featuresContainer,
  };
  return names[place];
}

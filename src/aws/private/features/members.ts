import { IFeatureGroup } from '../../feature-group-props';
import { IFeatureStore } from '../../feature-store-props';

/** A group of a store, and which of the two stores it has. */
export interface Member {
  readonly group: IFeatureGroup;
  readonly online: boolean;
  readonly offline: boolean;
}

/** The interface of a store finds a group by its name; whoever wires a whole store needs all of them. */
const MEMBERS = new WeakMap<IFeatureStore, readonly Member[]>();

/** To be said where a store is made. */
export function recordMembers(store: IFeatureStore, members: readonly Member[]): void {
  MEMBERS.set(store, members);
}

/** The groups of a store of this library; none of a class of somebody else's. */
export function membersOf(store: IFeatureStore): readonly Member[] {
  return MEMBERS.get(store) ?? [];
}
